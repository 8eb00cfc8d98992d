package import Building

/// The reported state of a building, as its gateway sends it.
package struct StateReport: Hashable, Sendable {
    /// The reported states, one for each subject.
    package var reportedStates: [ReportedState]
    /// The entries that could not be decoded. They are never encoded.
    package var rejected: [RejectedReportedState]

    /// Creates a report.
    package init(reportedStates: [ReportedState], rejected: [RejectedReportedState] = []) {
        self.reportedStates = reportedStates
        self.rejected = rejected
    }
}

extension StateReport: Codable {
    private enum CodingKeys: String, CodingKey { case reportedStates = "reported" }

    /// Decodes each entry by itself, so that a bad one is rejected without affecting the others.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        reportedStates = []
        rejected = []
        for (index, entry) in try container.decode([Entry].self, forKey: .reportedStates).enumerated() {
            switch entry.result {
            case .success(let reported): reportedStates.append(reported)
            case .failure(let rejection):
                rejected.append(
                    RejectedReportedState(
                        index: index, room: rejection.room, device: rejection.device, reason: rejection.reason.text))
            }
        }
    }

    /// Encodes the reported states, without `rejected`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(reportedStates, forKey: .reportedStates)
    }

    /// One element of the array, valid or not.
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

/// The answer to a report of which not every entry was accepted.
package struct StateReceipt: Hashable, Sendable, Codable {
    /// The number of accepted entries.
    package var accepted: Int
    /// The rejected entries.
    package var rejected: [RejectedReportedState]

    /// Creates a receipt.
    package init(accepted: Int, rejected: [RejectedReportedState]) {
        self.accepted = accepted
        self.rejected = rejected
    }
}

/// A rejected entry of a report. Sending it again does not help.
package struct RejectedReportedState: Hashable, Sendable, Codable, Error {
    /// The entry's index in the report, from 0.
    package var index: Int
    /// The room, as far as it could be decoded.
    package var room: ShortText?
    /// The device, as far as it could be decoded.
    package var device: ShortText?
    /// The problem, for people.
    package var reason: ShortText

    /// Creates a rejection.
    ///
    /// - Parameter reason: The problem, shortened to 200 bytes.
    package init(index: Int, room: ShortText?, device: ShortText?, reason: String) {
        self.index = index
        self.room = room
        self.device = device
        self.reason = ShortText(shortening: reason)
    }
}

/// The reported state of one subject, with the outcome of its desired state.
package struct ReportedState: Hashable, Sendable {
    /// The outcome of the newest desired state.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing is desired.
        case nothingDesired = "none"
        /// The desired state is in force.
        case accepted
        /// A value close to the desired one is in force, because of the building's limits.
        case clamped
        /// The desired state was not applied.
        case rejected
        /// The desired state was in force, or about to be, when someone in the building set something else.
        case overridden
        /// The desired state has ended.
        case expired
    }

    /// The room; exactly one of `room` and `device` is set.
    package var room: Slug?
    /// The device, by the last part of its id.
    package var device: DeviceText?
    /// The version of the desired state to which `state` refers; 0 for `none`.
    package var version: Int64
    /// The outcome of that desired state.
    package var state: State
    /// The set-point in force, °C.
    package var celsius: Double?
    /// The mode in force of a room or device.
    package var mode: ShortText?
    /// The power in force of a device, W.
    package var watts: Double?
    /// The source of the set-point in force: `configuration`, `local_operator`, `central`, `guest`, …
    package var source: ShortText?
    /// The name of the person or program that set it, for people.
    package var who: ShortText?
    /// The time at which the state in force ends; `nil` if it does not end.
    package var until: Timestamp?
    /// The reason the state is not as desired: the text of a `ControlReason`, or a sentence in English.
    package var reason: ShortText?

    /// Creates a reported state.
    ///
    /// - Parameters:
    ///   - who: The name for people, shortened to 200 bytes, so that no name can cause a building's report to be
    ///     rejected.
    ///   - until: The end, omitted if it is not within `Timestamp.representable`.
    ///   - reason: The reason, shortened like `who`.
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

    /// Decodes a reported state; texts for people are shortened if they are too long.
    ///
    /// - Throws: `DecodingError` if a number is out of its range, a word is unknown, or the entry names no subject or
    ///   two.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let room = try container.decodeIfPresent(Slug.self, forKey: .room)
        let device = try container.decodeIfPresent(DeviceText.self, forKey: .device)
        guard (room == nil) != (device == nil) else {
            throw DecodingError.dataCorruptedError(
                forKey: .room, in: container, debugDescription: "exactly one of room and device is required")
        }
        guard let state: State = try WireNumber.word(container, .state) else {
            throw DecodingError.keyNotFound(
                CodingKeys.state, .init(codingPath: container.codingPath, debugDescription: "is required"))
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

    /// Encodes the members that are set, with times in milliseconds since 1970; numbers that are not finite are
    /// omitted.
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
