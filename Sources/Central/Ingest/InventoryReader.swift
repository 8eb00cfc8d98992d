internal import APISupport
package import Building
internal import CivilTime
internal import Foundation
package import WireFormat

/// Reads a gateway's inventory entry by entry, so that an invalid one does not affect the others.
package enum InventoryReader {
    /// Returns the valid part of the inventory, and the rejected entries.
    ///
    /// - Throws: `APIError` 400 if the body is not an inventory at all, or if the building itself is not valid.
    package static func read(_ bytes: [UInt8]) throws -> (inventory: Inventory, rejected: [RejectedInventoryEntry]) {
        try APIError.requireUniqueNames(in: bytes)
        let raw: RawInventory
        do {
            raw = try JSONDecoder().decode(RawInventory.self, from: Data(bytes))
        } catch {
            throw APIError.badRequest(
                code: "bad_inventory", "The body is not a valid inventory: \(DecodingExplanation.text(of: error)).",
                hint: "The versions of the gateway and the central service may be incompatible.")
        }
        for text in [raw.building.name, raw.building.kind] where !isName(text) {
            throw wrong("“\(text.prefix(80))” is not a valid name or kind of a building")
        }
        guard LocalCalendar(zoneNamed: raw.building.timeZone) != nil else {
            throw wrong("“\(raw.building.timeZone.prefix(80))” is not a time zone such as Europe/Berlin")
        }
        var sieve = Sieve()
        let floors = sieve.floors(raw.floors)
        let devices = sieve.devices(raw.devices, in: nil)
        return (Inventory(building: raw.building, floors: floors, devices: devices), sieve.rejected)
    }

    private static func wrong(_ problem: String) -> APIError {
        .badRequest(
            code: "bad_inventory", problem + ".",
            hint: "Correct the gateway's configuration; `hearth-edge check` validates it.")
    }

    fileprivate static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= WireLimits.shortText && !text.utf8.contains(0)
    }
}

/// Sorts an inventory's entries into accepted and rejected ones.
private struct Sieve {
    private(set) var rejected: [RejectedInventoryEntry] = []
    private var rooms: Set<Slug> = []

    mutating func floors(_ entries: [Entry<RawFloor>]) -> [Inventory.Floor] {
        var known: Set<Slug> = []
        return entries.enumerated().compactMap { place, entry in
            guard let floor = accepted(entry, "floor \(place + 1) of the list") else { return nil }
            let name = "floor \(floor.slug)"
            guard Int32(exactly: floor.level) != nil else {
                return reject(name, "\(floor.level) is not a valid level. Its rooms are skipped with it")
            }
            guard known.insert(floor.slug).inserted else {
                return reject(name, "there are two floors with this slug. The second one's rooms are skipped with it")
            }
            return Inventory.Floor(
                slug: floor.slug, name: self.name(floor.name, of: name, else: floor.slug.text), level: floor.level,
                rooms: rooms(floor.rooms, on: name))
        }
    }

    private mutating func rooms(_ entries: [Entry<RawRoom>], on floor: String) -> [Inventory.Room] {
        entries.enumerated().compactMap { place, entry in
            guard let room = accepted(entry, "room \(place + 1) of \(floor)") else { return nil }
            let name = "room \(room.slug)"
            guard room.slug != .building else {
                return reject(name, "“building” is reserved for the devices of the whole building")
            }
            guard rooms.insert(room.slug).inserted else { return reject(name, "there are two rooms with this slug") }
            return Inventory.Room(
                slug: room.slug, name: self.name(room.name, of: name, else: room.slug.text),
                devices: devices(room.devices, in: room.slug))
        }
    }

    /// Returns the accepted devices.
    ///
    /// - Parameter room: The room of the devices; `nil` for devices of the whole building.
    mutating func devices(_ entries: [Entry<Inventory.Device>], in room: Slug?) -> [Inventory.Device] {
        let place = room.map { " in \($0)" } ?? ""
        var known: Set<String> = []
        return entries.enumerated().compactMap { index, entry in
            guard var device = accepted(entry, "device \(index + 1) of the list\(place)") else { return nil }
            let name = "device \(device.id.prefix(80))\(place)"
            guard !device.id.isEmpty, device.id.utf8.count <= SeriesKey.longestDevice, !device.id.utf8.contains(0)
            else {
                return reject(name, "a device's id must have 1 to \(SeriesKey.longestDevice) bytes, without NUL")
            }
            guard known.insert(device.id).inserted else { return reject(name, "there are two devices with this id") }
            if let subsystem = device.subsystem, !InventoryReader.isName(subsystem) {
                return reject(name, "“\(subsystem.prefix(80))” is not a valid subsystem")
            }
            if let given = device.name, !InventoryReader.isName(given) {
                device.name = nil
                rejectName(given, of: name)
            }
            return device
        }
    }

    private mutating func accepted<Value>(_ entry: Entry<Value>, _ place: String) -> Value? {
        switch entry {
        case .accepted(let value): value
        case .rejected(let reason): reject(place, reason)
        }
    }

    private mutating func reject<Value>(_ entry: String, _ reason: String) -> Value? {
        rejected.append(RejectedInventoryEntry(entry: entry, reason: reason))
        return nil
    }

    /// Returns the name, or the slug if the name is not valid.
    private mutating func name(_ name: String, of entry: String, else slug: String) -> String {
        if InventoryReader.isName(name) { return name }
        rejectName(name, of: entry)
        return slug
    }

    private mutating func rejectName(_ name: String, of entry: String) {
        let reason = "“\(name.prefix(80))” is not a valid name: 1 to \(WireLimits.shortText) bytes without NUL"
        rejected.append(RejectedInventoryEntry(entry: entry, reason: reason))
    }
}

private struct RawInventory: Decodable {
    var building: Inventory.BuildingEntry
    var floors: [Entry<RawFloor>]
    var devices: [Entry<Inventory.Device>]
}

private struct RawFloor: Decodable {
    var slug: Slug
    var name: String
    var level: Int
    var rooms: [Entry<RawRoom>]
}

private struct RawRoom: Decodable {
    var slug: Slug
    var name: String
    var devices: [Entry<Inventory.Device>]
}

/// An element of a list, or the reason it can't be decoded.
private enum Entry<Value: Decodable>: Decodable {
    case accepted(Value)
    case rejected(String)

    init(from decoder: any Decoder) throws {
        do {
            self = .accepted(try Value(from: decoder))
        } catch {
            self = .rejected(DecodingExplanation.text(of: error))
        }
    }
}
