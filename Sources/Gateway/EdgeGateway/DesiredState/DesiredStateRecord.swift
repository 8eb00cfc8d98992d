import Building
import WireFormat

/// The desired state and its outcome, as stored on disk.
struct DesiredStateRecord: Codable, Equatable, Sendable {
    /// A room's desired state and its outcome.
    struct Entry: Codable, Equatable, Sendable {
        /// The outcome of a desired state.
        enum Outcome: String, Codable, Sendable {
            /// It was put into force.
            case applied
            /// It was withdrawn, along with the set-point that it had put into force.
            case withdrawn
            /// The room is not under control.
            case unknown
            /// A later local set-point overrides it.
            case late
            /// It had expired when it arrived.
            case over
        }

        var desired: DesiredState
        var outcome: Outcome
        /// The set-point that was put into force, °C.
        var celsius: Double?
    }

    /// The version up to which every desired state has been taken.
    var version: Int64 = 0
    /// The desired state of rooms, by slug.
    var rooms: [String: Entry] = [:]
    /// The desired state of batteries and cars, by device id.
    var storage: [String: DesiredState] = [:]
    /// The newest desired states that could not be carried out, by `RejectedDesiredState.key`.
    var rejected: [String: RejectedDesiredState] = [:]
}

extension DesiredStateRecord {
    private enum CodingKeys: String, CodingKey { case version, rooms, storage, rejected }

    /// Decodes each entry by itself. An entry that can't be read is left out, so that the others and the control loop's
    /// state are kept. It is not requested again from the central service, which knows what was reported of it.
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

    /// A wrapper whose value is `nil` if it can't be decoded.
    private struct Readable<Value: Decodable>: Decodable {
        let value: Value?

        init(from decoder: any Decoder) { value = try? Value(from: decoder) }
    }
}

extension DesiredStateRecord {
    /// Returns the version of the subject's desired state that was taken last; 0 if there is none.
    func version(of desired: RejectedDesiredState) -> Int64 {
        desired.room.map { rooms[$0.text]?.desired.version ?? 0 }
            ?? desired.device.map { storage[$0.text]?.version ?? 0 } ?? 0
    }

    /// Forgets a rejection once a newer desired state of the same subject was taken.
    mutating func settleRejection(of key: String, at version: Int64) {
        if let rejected = rejected[key]?.version, rejected < version { self.rejected[key] = nil }
    }
}

extension RejectedDesiredState {
    /// The key of the room or device; `nil` if the rejected version or its subject is unknown.
    var key: String? {
        guard version != nil else { return nil }
        return room.map { Self.key(room: $0) } ?? device.map { Self.key(device: $0.text) }
    }

    /// Returns the key of a room.
    static func key(room: Slug) -> String { "room \(room)" }
    /// Returns the key of a battery or car.
    static func key(device: String) -> String { "device \(device)" }
}

extension DesiredState {
    /// The command to a battery or car; `nil` if no state is desired any more.
    var command: StorageCommand? {
        guard let mode else { return nil }
        let watts = watts ?? 0
        return StorageCommand(mode: mode, watts: watts.isFinite && watts > 0 && mode != .idle ? watts : 0)
    }
}
