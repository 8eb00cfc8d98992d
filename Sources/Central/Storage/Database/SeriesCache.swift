internal import Building
internal import Synchronization

/// The numbers of series that are known to be in the database. Filled only after a commit, so that nothing in it was
/// ever rolled back; what it does not know is looked up.
final class SeriesCache: Sendable {
    /// A building's part of the cache is forgotten as a whole beyond this many series, so that memory stays bounded.
    private static let limitPerBuilding = 100_000

    private let known = Mutex<[Int: [SeriesName: Int32]]>([:])

    /// The number of each, in the order of `names`; `nil` where it is not known here.
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

/// What makes a series one: the device and what it says. The device's class is left out, since it may be learnt later.
struct SeriesName: Hashable, Sendable {
    let room: String
    let device: String
    let datapoint: String
    /// Over the whole system.
    let deviceID: String

    init(_ key: SeriesKey, building: Slug) {
        room = key.room.text
        // PostgreSQL's text cannot hold NUL, and one such name must not block the batch that it is in.
        device = key.device.replacingNUL
        datapoint = key.datapoint.name
        deviceID = "\(building)/\(room)/\(device)"
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
    /// With U+FFFD in place of NUL, which PostgreSQL's text cannot hold.
    var replacingNUL: String {
        guard utf8.contains(0) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}
