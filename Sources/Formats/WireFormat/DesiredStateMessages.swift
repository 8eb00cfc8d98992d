package import Building

/// The desired state of a building, as the central service sends it to the gateway.
package struct DesiredStateList: Hashable, Sendable {
    /// The version up to which every desired state has been sent, with this answer or before.
    package var version: Int64
    /// The changes since the requested version: the newest desired state of each subject, oldest first.
    package var desiredStates: [DesiredState]
    /// The entries that could not be decoded. They are never encoded.
    package var rejected: [RejectedDesiredState]

    /// Creates a list.
    package init(version: Int64, desiredStates: [DesiredState], rejected: [RejectedDesiredState] = []) {
        self.version = version
        self.desiredStates = desiredStates
        self.rejected = rejected
    }
}

extension DesiredStateList: Codable {
    private enum CodingKeys: String, CodingKey {
        case version
        case desiredStates = "desired"
    }

    /// Decodes each entry by itself, so that a bad one is rejected without affecting the others.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try WireNumber.version(container, .version, from: 0)
        var list = DesiredStateList(version: version, desiredStates: [])
        for entry in try container.decode([Entry].self, forKey: .desiredStates) {
            switch entry.result {
            case .success(let desired) where desired.version <= version: list.desiredStates.append(desired)
            case .success(let desired):
                // Accepting it would hide all later ones.
                list.rejected.append(
                    RejectedDesiredState(
                        version: desired.version, room: desired.room, device: desired.device,
                        reason: "its version \(desired.version) exceeds the list's version \(version)"))
            case .failure(let rejected): list.rejected.append(rejected)
            }
        }
        self = list
    }

    /// Encodes version and desired states, without `rejected`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(version, forKey: .version)
        try container.encode(desiredStates, forKey: .desiredStates)
    }

    /// One element of the array, valid or not.
    private struct Entry: Decodable {
        let result: Result<DesiredState, RejectedDesiredState>

        init(from decoder: any Decoder) {
            do {
                result = .success(try DesiredState(from: decoder))
            } catch {
                result = .failure(RejectedDesiredState(decoder, error))
            }
        }
    }
}

/// An entry of a list that this gateway cannot apply, as far as it could be decoded.
package struct RejectedDesiredState: Hashable, Sendable, Codable, Error {
    /// The version; `nil` if it could not be decoded.
    package var version: Int64?
    /// The room; `nil` if there is none or it could not be decoded.
    package var room: Slug?
    /// The last part of the device's id; `nil` if there is none or it could not be decoded.
    package var device: DeviceText?
    /// The problem, for people.
    package var reason: ShortText

    /// Creates a rejection.
    ///
    /// - Parameter reason: The problem, shortened to 200 bytes.
    package init(version: Int64?, room: Slug?, device: DeviceText?, reason: String) {
        self.version = version
        self.room = room
        self.device = device
        self.reason = ShortText(shortening: reason)
    }

    fileprivate init(_ decoder: any Decoder, _ error: any Error) {
        let container = try? decoder.container(keyedBy: DesiredState.CodingKeys.self)
        let version = container.flatMap { try? WireNumber.version($0, .version, from: 1) }
        self.init(
            version: version, room: container.flatMap { try? $0.decodeIfPresent(Slug.self, forKey: .room) },
            device: container.flatMap { try? $0.decodeIfPresent(DeviceText.self, forKey: .device) },
            reason: DecodingProblem.text(of: error))
    }

    /// The subject, for people: `room-101`, `wall-battery`, or a phrase if neither could be decoded.
    package var subject: String { room?.text ?? device?.text ?? "an unreadable entry" }
}

/// The desired state of one subject: a room's set-point, or the mode of a battery or car.
package struct DesiredState: Hashable, Sendable {
    /// The kind of source, which determines the limits.
    package enum Source: String, Hashable, Sendable, Codable, CaseIterable {
        case guest, central
    }

    /// The version, which counts all desired states of the building; 1 or more.
    package var version: Int64
    /// The room whose set-point is desired; `nil` if `device` is set.
    package var room: Slug?
    /// The battery or car, by the last part of its id; `nil` if `room` is set.
    package var device: DeviceText?
    /// The desired set-point of a room, °C. If neither `celsius` nor `mode` is set, nothing is desired any more.
    package var celsius: Double?
    /// The desired mode of a device.
    package var mode: StorageMode?
    /// The desired power of a device, W, set with `mode`.
    package var watts: Double?
    /// The kind of source that set it.
    package var source: Source
    /// The name for people: `guest`, `operator ops`.
    package var who: ShortText
    /// The time at which it ends; `nil` if it does not end.
    package var until: Timestamp?
    /// The time at which it was set.
    package var created: Timestamp

    /// Creates a desired state.
    ///
    /// - Parameter who: The name for people, shortened to 200 bytes.
    package init(
        version: Int64, room: Slug? = nil, device: DeviceText? = nil, celsius: Double? = nil,
        mode: StorageMode? = nil, watts: Double? = nil, source: Source, who: String, until: Timestamp? = nil,
        created: Timestamp
    ) {
        self.version = version
        self.room = room
        self.device = device
        self.celsius = celsius
        self.mode = mode
        self.watts = watts
        self.source = source
        self.who = ShortText(shortening: who)
        self.until = until
        self.created = created
    }
}

extension DesiredState: Codable {
    fileprivate enum CodingKeys: String, CodingKey {
        case version, room, device, celsius, mode, watts, source, who, until, created
    }

    /// Decodes a desired state from the central service or from disk.
    ///
    /// - Throws: `DecodingError` if a number is out of its range, a word is unknown, or the entry names no subject or
    ///   two. The result is therefore valid.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try WireNumber.version(container, .version, from: 1)
        room = try container.decodeIfPresent(Slug.self, forKey: .room)
        device = try container.decodeIfPresent(DeviceText.self, forKey: .device)
        guard (room == nil) != (device == nil) else {
            throw DecodingError.dataCorruptedError(
                forKey: .room, in: container, debugDescription: "exactly one of room and device is required")
        }
        celsius = try WireNumber.number(container, .celsius, in: SetpointLimits.celsius, unit: "°C")
        mode = try WireNumber.word(container, .mode)
        watts = try WireNumber.number(container, .watts, in: WireLimits.storageWatts, unit: "W")
        source = try WireNumber.word(container, .source) ?? .guest
        who = ShortText(shortening: try container.decodeIfPresent(String.self, forKey: .who) ?? source.rawValue)
        until = try WireNumber.time(container, .until)
        guard let created = try WireNumber.time(container, .created) else {
            throw DecodingError.keyNotFound(
                CodingKeys.created, .init(codingPath: container.codingPath, debugDescription: "is required"))
        }
        self.created = created
    }

    /// Encodes the members that are set, with times in milliseconds since 1970.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(version, forKey: .version)
        try container.encodeIfPresent(room, forKey: .room)
        try container.encodeIfPresent(device, forKey: .device)
        try container.encodeIfPresent(celsius, forKey: .celsius)
        try container.encodeIfPresent(mode, forKey: .mode)
        try container.encodeIfPresent(watts, forKey: .watts)
        try container.encode(source, forKey: .source)
        try container.encode(who, forKey: .who)
        try container.encodeIfPresent(until?.millisecondsSince1970, forKey: .until)
        try container.encode(created.millisecondsSince1970, forKey: .created)
    }
}
