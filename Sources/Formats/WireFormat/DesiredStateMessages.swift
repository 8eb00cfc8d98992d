package import Building

/// What people want of a building, as the central service tells its gateway.
package struct DesiredStateList: Hashable, Sendable {
    /// Every wish up to this version has been told, with this answer or before.
    package var version: Int64
    /// What changed since the version that was asked after: of each subject the newest wish, oldest first.
    package var desiredStates: [DesiredState]
    /// Entries that could not be read. They are never sent.
    package var rejected: [RejectedDesiredState]

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

    /// Reads every entry by itself: a bad one is rejected and does not refuse its neighbours.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try WireNumber.version(container, .version, from: 0)
        var list = DesiredStateList(version: version, desiredStates: [])
        for entry in try container.decode([Entry].self, forKey: .desiredStates) {
            switch entry.result {
            case .success(let desired) where desired.version <= version: list.desiredStates.append(desired)
            case .success(let desired):
                // Taken, it would hide every later one.
                list.rejected.append(
                    RejectedDesiredState(
                        version: desired.version, room: desired.room, device: desired.device,
                        reason: "its version \(desired.version) is above the list's, \(version)"))
            case .failure(let rejected): list.rejected.append(rejected)
            }
        }
        self = list
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(version, forKey: .version)
        try container.encode(desiredStates, forKey: .desiredStates)
    }

    /// One element of the array, whatever it is.
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

/// An entry of a list that this gateway cannot carry out, as far as it can be read.
package struct RejectedDesiredState: Hashable, Sendable, Codable, Error {
    /// `nil` if it could not be read.
    package var version: Int64?
    package var room: Slug?
    package var device: DeviceText?
    /// What is wrong with it, for people.
    package var reason: ShortText

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

    /// For people: `room-101`, `wall-battery`, or that nothing is named.
    package var subject: String { room?.text ?? device?.text ?? "nothing that can be read" }
}

/// One wish: for a room's set-point, or for what a battery or car does.
package struct DesiredState: Hashable, Sendable {
    /// Who wishes, as far as limits go.
    package enum Source: String, Hashable, Sendable, Codable, CaseIterable {
        case guest, central
    }

    /// Counts all wishes of the building: 1 or more.
    package var version: Int64
    /// The room whose set-point it is about; without it, `device` is there.
    package var room: Slug?
    /// The battery or car that it is about: the last part of its id.
    package var device: DeviceText?
    /// °C; with a room. Neither `celsius` nor `mode`: nothing is wished any more.
    package var celsius: Double?
    /// With a device.
    package var mode: StorageMode?
    /// With `mode`.
    package var watts: Double?
    package var source: Source
    /// For people: `guest`, `operator ops`.
    package var who: ShortText
    /// When it ends; without it, never.
    package var until: Timestamp?
    /// When it was wished.
    package var created: Timestamp

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

    /// Reads what the central service sent, or what lay on disk.
    ///
    /// - Throws: `DecodingError` if a number is out of its range, a word is not known, or it is about nothing or about
    ///   two things. What comes out can be reckoned with.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try WireNumber.version(container, .version, from: 1)
        room = try container.decodeIfPresent(Slug.self, forKey: .room)
        device = try container.decodeIfPresent(DeviceText.self, forKey: .device)
        guard (room == nil) != (device == nil) else {
            throw DecodingError.dataCorruptedError(
                forKey: .room, in: container, debugDescription: "either a room or a device must be named")
        }
        celsius = try WireNumber.number(container, .celsius, in: WireLimits.setpointCelsius, unit: "°C")
        mode = try WireNumber.word(container, .mode)
        watts = try WireNumber.number(container, .watts, in: WireLimits.storageWatts, unit: "W")
        source = try WireNumber.word(container, .source) ?? .guest
        who = ShortText(shortening: try container.decodeIfPresent(String.self, forKey: .who) ?? source.rawValue)
        until = try WireNumber.time(container, .until)
        guard let created = try WireNumber.time(container, .created) else {
            throw DecodingError.keyNotFound(
                CodingKeys.created, .init(codingPath: container.codingPath, debugDescription: "it is missing"))
        }
        self.created = created
    }

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
