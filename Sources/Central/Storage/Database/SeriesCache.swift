internal import Building
internal import Synchronization

/// A cache of the ids of series in the database. It is filled only after a commit, so that no id in it was rolled back.
/// Missing series are looked up.
final class SeriesCache: Sendable {
    /// The number of series above which a building's part of the cache is dropped as a whole, to bound memory.
    private static let limitPerBuilding = 100_000

    private let known = Mutex<[Int: [SeriesName: Int32]]>([:])

    /// Returns the id of each series in the order of `names`; `nil` for those not in the cache.
    func numbers(of names: [SeriesName], inBuilding hotel: Int) -> [Int32?] {
        known.withLock { known in
            guard let series = known[hotel] else { return Array(repeating: nil, count: names.count) }
            return names.map { series[$0] }
        }
    }

    func remember(_ numbers: [SeriesName: Int32], inBuilding hotel: Int) {
        guard !numbers.isEmpty else { return }
        known.withLock { known in
            var series = known[hotel] ?? [:]
            if series.count + numbers.count > Self.limitPerBuilding { series.removeAll() }
            series.merge(numbers) { _, new in new }
            known[hotel] = series
        }
    }
}

/// The identity of a series: a device and a datapoint. The device's class is not part of it, because it may be learnt
/// later.
struct SeriesName: Hashable, Sendable {
    let room: String
    let device: String
    let datapoint: String
    /// The device's id, unique in the whole system.
    let deviceID: String

    init(_ key: SeriesKey, building: Slug) {
        room = key.room.text
        // PostgreSQL's text can't hold NUL, and one such name must not block its batch.
        device = key.device.replacingNUL
        datapoint = key.datapoint.name
        deviceID = DeviceID(building: building, room: key.room, device: device).description
    }

    static func == (left: SeriesName, right: SeriesName) -> Bool {
        left.device == right.device && left.datapoint == right.datapoint && left.room == right.room
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(room)
        hasher.combine(device)
        hasher.combine(datapoint)
    }
}

extension String {
    /// The text with U+FFFD in place of NUL, which PostgreSQL's text can't hold.
    var replacingNUL: String {
        guard utf8.contains(0) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}
