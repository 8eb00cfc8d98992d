import Building
import WireFormat

/// What the central service wished, and what became of it, as it lies on disk.
struct DesiredStateRecord: Codable, Equatable, Sendable {
    /// A wish that was taken.
    struct Entry: Codable, Equatable, Sendable {
        enum Outcome: String, Codable, Sendable {
            /// It was put into force.
            case applied
            /// Somebody took it back, and so did we.
            case withdrawn
            /// The room is not under control.
            case unknown
            /// Somebody in the building had set something later.
            case late
            /// Its time was over when it came.
            case over
        }

        var desired: DesiredState
        var outcome: Outcome
        /// What was put into force, °C.
        var celsius: Double?
    }

    /// Every wish up to this one was taken.
    var version: Int64 = 0
    /// By the rooms' slugs.
    var rooms: [String: Entry] = [:]
    /// By the devices' ids.
    var storage: [String: DesiredState] = [:]
    /// Newest wishes that could not be carried out, by `RejectedDesiredState.key`.
    var rejected: [String: RejectedDesiredState] = [:]
}

extension DesiredStateRecord {
    private enum CodingKeys: String, CodingKey { case version, rooms, storage, rejected }

    /// Reads each entry by itself: one that cannot be read is left out, so that it takes neither the others nor what
    /// control has learnt along with it. The central service is asked for it again by nobody; it knows what was
    /// reported of it.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func entries<Value: Decodable>(_ key: CodingKeys) -> [String: Value] {
            ((try? container.decodeIfPresent([String: Readable<Value>].self, forKey: key)) ?? [:])
                .compactMapValues(\.value)
        }
        let version = (try? container.decode(Int64.self, forKey: .version)) ?? 0
        self.version = (0...WireLimits.highestNumber).contains(version) ? version : 0
        rooms = entries(.rooms)
        storage = entries(.storage)
        rejected = entries(.rejected)
    }

    /// `nil` where it cannot be read.
    private struct Readable<Value: Decodable>: Decodable {
        let value: Value?

        init(from decoder: any Decoder) { value = try? Value(from: decoder) }
    }
}

extension DesiredStateRecord {
    /// The version of the subject's wish that was taken last; 0 if there is none.
    func version(of desired: RejectedDesiredState) -> Int64 {
        desired.room.map { rooms[$0.text]?.desired.version ?? 0 }
            ?? desired.device.map { storage[$0.text]?.version ?? 0 } ?? 0
    }

    /// A newer wish for the same subject was taken.
    mutating func settleRejection(of key: String, at version: Int64) {
        if let rejected = rejected[key]?.version, rejected < version { self.rejected[key] = nil }
    }
}

extension RejectedDesiredState {
    /// `nil` if nobody could be told which wish was rejected.
    var key: String? {
        guard version != nil else { return nil }
        return room.map { Self.key(room: $0) } ?? device.map { Self.key(device: $0.text) }
    }

    static func key(room: Slug) -> String { "room \(room)" }
    static func key(device: String) -> String { "device \(device)" }
}

extension DesiredState {
    /// What a battery or car is to do; `nil` where nobody wishes for anything any more.
    var command: StorageCommand? {
        guard let mode else { return nil }
        let watts = watts ?? 0
        return StorageCommand(mode: mode, watts: watts.isFinite && watts > 0 && mode != .idle ? watts : 0)
    }
}
