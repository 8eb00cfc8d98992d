internal import Building
internal import Foundation

/// The series of a file, numbered as they turn up, with the placement of its devices in the building.
struct SeriesCatalogue {
    /// The reason a row's device cannot be placed.
    struct Problem: Error {
        var reason: String
        var detail: String?
    }

    private(set) var keys: [SeriesKey] = []
    private var numbers: [Name: Int] = [:]
    private let building: Slug?
    private let rooms: [Inventory.Room]
    private let chosenDevice: String?
    private let chosenRoom: Slug?

    private struct Name: Hashable {
        var room: String?
        var device: String
        var datapoint: String
    }

    /// Creates an empty catalogue.
    ///
    /// - Throws: `FileError` if the given room is not a valid slug.
    init(_ context: FileContext) throws {
        building = context.building
        rooms = context.rooms
        chosenDevice = context.device
        chosenRoom = try context.room.map { text in
            guard let room = Slug(text) else {
                throw FileError(.other, "“\(text)” is not a valid room: use up to 64 letters, digits, - and _.")
            }
            return room
        }
    }

    /// Returns the number of a power meter's series.
    mutating func meter(_ device: String) throws(Problem) -> Int {
        try Self.check(device)
        let parts = try parts(of: device)
        return number(
            SeriesKey(
                room: parts?.room ?? .building, device: parts?.device ?? device, deviceClass: .powerMeter,
                datapoint: .powerKilowatts))
    }

    /// Returns the room of a file without a column for it.
    ///
    /// - Throws: `FileError` with the remedy if the room cannot be determined.
    func room(ofFile file: String) throws -> Slug {
        if let chosenRoom { return chosenRoom }
        if let room = RoomInName.find(in: FileLayout.fileName(file), rooms: rooms.map(\.slug)) { return room }
        let known = rooms.prefix(20).map(\.slug.text).joined(separator: ", ")
        throw FileError(
            .other,
            "Neither the columns nor the name of \(file) name the room. Use --room"
                + (known.isEmpty ? "." : ": \(building?.text ?? "the building") has \(known)."))
    }

    /// Returns the device of a file without a column for it: the room's only one of its class, else one named like the
    /// class.
    ///
    /// - Throws: `FileError` with the remedy if the device cannot be determined.
    func device(ofFile file: String, room: Slug, deviceClass: DeviceClass?) throws -> String {
        if let chosenDevice { return chosenDevice }
        guard let deviceClass else {
            throw FileError(
                .other, "The columns of \(file) do not identify a device class. Use --device.")
        }
        let devices = rooms.first { $0.slug == room }?.devices.filter { $0.deviceClass == deviceClass } ?? []
        if devices.count > 1 {
            let known = devices.prefix(20).map(\.id).joined(separator: ", ")
            throw FileError(
                .other, "\(room) has several devices of class \(deviceClass.rawValue). Use --device: \(known).")
        }
        return devices.first?.id ?? deviceClass.rawValue
    }

    /// Returns the number of the series of a row that names its device.
    ///
    /// - Parameters:
    ///   - device: The device's id: `grand/room-101/iaq`, or an id within the room.
    ///   - room: The room according to the row or the file; `nil` if neither names one.
    mutating func number(
        device: String, room: String?, datapoint: String, deviceClass: DeviceClass?
    ) throws(Problem) -> Int {
        let name = Name(room: room, device: device, datapoint: datapoint)
        if let number = numbers[name] { return number }
        guard let known = Datapoint(datapoint) else { throw Problem(reason: "not a valid datapoint", detail: nil) }
        try Self.check(device)
        let key: SeriesKey
        if let parts = try parts(of: device) {
            key = SeriesKey(room: parts.room, device: parts.device, deviceClass: deviceClass, datapoint: known)
        } else {
            let place = try place(of: device, room: room, datapoint: known)
            key = SeriesKey(room: place, device: device, deviceClass: deviceClass, datapoint: known)
        }
        let number = number(key)
        numbers[name] = number
        return number
    }

    private func place(of device: String, room: String?, datapoint: Datapoint) throws(Problem) -> Slug {
        if let room {
            guard let slug = Slug(room) else { throw Problem(reason: "not a valid room", detail: nil) }
            return slug
        }
        if let chosenRoom { return chosenRoom }
        if datapoint == .powerKilowatts { return .building }
        guard let found = RoomInName.find(in: device, rooms: rooms.map(\.slug)) else {
            throw Problem(
                reason: "a device whose room is unknown", detail: "use --room, or the id <building>/<room>/<id>")
        }
        return found
    }

    /// Returns the parts of an id in the whole system; `nil` for an id within a room.
    private func parts(of device: String) throws(Problem) -> (room: Slug, device: String)? {
        let parts = device.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        if let building, parts.count > 1, parts[0] == building.text, parts.count == 2 || parts[2].isEmpty {
            throw Problem(reason: "not a valid device id", detail: "a full id is <building>/<room>/<id>")
        }
        guard let id = DeviceID(device) else { return nil }
        if let building, id.building != building {
            throw Problem(reason: "a device of another building", detail: "the files belong to \(building)")
        }
        return (id.room, id.device)
    }

    private static func check(_ device: String) throws(Problem) {
        guard !device.isEmpty, device.utf8.count <= SeriesKey.longestDevice, !device.utf8.contains(0) else {
            throw Problem(reason: "not a valid device id", detail: nil)
        }
    }

    private var places: [SeriesKey: Int] = [:]

    mutating func number(_ key: SeriesKey) -> Int {
        if let place = places[key] { return place }
        places[key] = keys.count
        keys.append(key)
        return keys.count - 1
    }
}
