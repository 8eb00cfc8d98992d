package import Building

/// What holds in a building, as its gateway reports it.
package struct StateReport: Hashable, Sendable {
    package var reportedStates: [ReportedState]
    /// Entries that could not be read. They are never sent.
    package var refused: [RejectedReportedState]

    package init(reportedStates: [ReportedState], refused: [RejectedReportedState] = []) {
        self.reportedStates = reportedStates
        self.refused = refused
    }
}

extension StateReport: Codable {
    private enum CodingKeys: String, CodingKey { case reportedStates = "reported" }

    /// Reads every entry by itself: a bad one is refused and does not refuse its neighbours.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        reportedStates = []
        refused = []
        for (index, entry) in try container.decode([Entry].self, forKey: .reportedStates).enumerated() {
            switch entry.result {
            case .success(let reported): reportedStates.append(reported)
            case .failure(let refusal):
                refused.append(
                    RejectedReportedState(
                        index: index, room: refusal.room, device: refusal.device, reason: refusal.reason.text))
            }
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(reportedStates, forKey: .reportedStates)
    }

    /// One element of the array, whatever it is.
    private struct Entry: Decodable {
        let result: Result<ReportedState, RejectedReportedState>

        init(from decoder: any Decoder) {
            do {
                result = .success(try ReportedState(from: decoder))
            } catch {
                let container = try? decoder.container(keyedBy: ReportedState.CodingKeys.self)
                let (room, device) = (
                    try? container?.decodeIfPresent(String.self, forKey: .room),
                    try? container?.decodeIfPresent(String.self, forKey: .device)
                )
                result = .failure(
                    RejectedReportedState(
                        index: 0, room: room.map(ShortText.init(shortening:)),
                        device: device.map(ShortText.init(shortening:)), reason: DecodingProblem.text(of: error)))
            }
        }
    }
}

/// What became of a report of which not every entry was taken.
package struct StateReceipt: Hashable, Sendable, Codable {
    /// How many entries were taken.
    package var taken: Int
    package var refused: [RejectedReportedState]

    package init(taken: Int, refused: [RejectedReportedState]) {
        self.taken = taken
        self.refused = refused
    }
}

/// An entry of a report that was not taken: sending it again does not help.
package struct RejectedReportedState: Hashable, Sendable, Codable, Error {
    /// Its place in the report, from 0.
    package var index: Int
    /// As far as it could be read.
    package var room: ShortText?
    package var device: ShortText?
    /// What is wrong with it, for people.
    package var reason: ShortText

    package init(index: Int, room: ShortText?, device: ShortText?, reason: String) {
        self.index = index
        self.room = room
        self.device = device
        self.reason = ShortText(shortening: reason)
    }
}

/// What holds for one subject, and what became of the wish for it.
package struct ReportedState: Hashable, Sendable {
    /// What became of the newest wish.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nobody wished for anything.
        case nothingDesired = "none"
        /// What was wished holds.
        case accepted
        /// Something near it holds: the building's limits allow no more.
        case clamped
        /// It was not taken.
        case rejected
        /// It held, or was on its way, when someone in the building set something else.
        case overridden
        /// Its time is over.
        case expired
    }

    /// The room, or the device, that it is about: one of them is there.
    package var room: Slug?
    package var device: DeviceText?
    /// The version of the wish that `state` is about; 0 for `none`.
    package var version: Int64
    package var state: State
    /// The set-point in force, °C.
    package var celsius: Double?
    package var mode: ShortText?
    package var watts: Double?
    /// Whose set-point is in force: `configuration`, `local_operator`, `central`, `guest`…
    package var source: ShortText?
    package var who: ShortText?
    /// When what holds ends; without it, never.
    package var until: Timestamp?
    /// Why it is not as wished, for people.
    package var reason: ShortText?

    /// - Parameters:
    ///   - who: cut where it is too long: nobody's name may keep a building's report from being taken.
    ///   - until: left out if it is no time that can be stored.
    ///   - reason: cut like `who`.
    package init(
        room: Slug? = nil, device: DeviceText? = nil, version: Int64, state: State, celsius: Double? = nil,
        mode: ShortText? = nil, watts: Double? = nil, source: ShortText? = nil, who: String? = nil,
        until: Timestamp? = nil, reason: String? = nil
    ) {
        self.room = room
        self.device = device
        self.version = version
        self.state = state
        self.celsius = celsius
        self.mode = mode
        self.watts = watts
        self.source = source
        self.who = who.map(ShortText.init(shortening:))
        self.until = until.flatMap { Timestamp.representable.contains($0) ? $0 : nil }
        self.reason = reason.map(ShortText.init(shortening:))
    }
}

extension ReportedState: Codable {
    fileprivate enum CodingKeys: String, CodingKey {
        case room, device, version, state, celsius, mode, watts, source, who, until, reason
    }

    /// - Throws: `DecodingError` if a number is out of its range, a word is not known, or it is about nothing or about
    ///   two things. Texts for people are cut where they are too long.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let room = try container.decodeIfPresent(Slug.self, forKey: .room)
        let device = try container.decodeIfPresent(DeviceText.self, forKey: .device)
        guard (room == nil) != (device == nil) else {
            throw DecodingError.dataCorruptedError(
                forKey: .room, in: container, debugDescription: "either a room or a device must be named")
        }
        guard let state: State = try WireNumber.word(container, .state) else {
            throw DecodingError.keyNotFound(
                CodingKeys.state, .init(codingPath: container.codingPath, debugDescription: "it is missing"))
        }
        self.init(
            room: room, device: device, version: try WireNumber.version(container, .version, from: 0), state: state,
            celsius: try WireNumber.number(container, .celsius, in: WireNumber.roomCelsius, unit: "°C"),
            mode: try container.decodeIfPresent(ShortText.self, forKey: .mode),
            watts: try WireNumber.number(container, .watts, in: WireNumber.storable, unit: "W"),
            source: try container.decodeIfPresent(ShortText.self, forKey: .source),
            who: try container.decodeIfPresent(String.self, forKey: .who),
            until: try WireNumber.time(container, .until),
            reason: try container.decodeIfPresent(String.self, forKey: .reason))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(room, forKey: .room)
        try container.encodeIfPresent(device, forKey: .device)
        try container.encode(version, forKey: .version)
        try container.encode(state, forKey: .state)
        try container.encodeIfPresent(celsius.flatMap { $0.isFinite ? $0 : nil }, forKey: .celsius)
        try container.encodeIfPresent(mode, forKey: .mode)
        try container.encodeIfPresent(watts.flatMap { $0.isFinite ? $0 : nil }, forKey: .watts)
        try container.encodeIfPresent(source, forKey: .source)
        try container.encodeIfPresent(who, forKey: .who)
        try container.encodeIfPresent(until?.millisecondsSince1970, forKey: .until)
        try container.encodeIfPresent(reason, forKey: .reason)
    }
}
