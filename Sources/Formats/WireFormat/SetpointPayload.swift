package import Building
package import CivilTime
internal import Foundation
internal import JSON

/// A request of someone in the building on `/setpoints/<room>`: `{"celsius":23,"mode":"boost","until":…,"who":…}`. At
/// least one of `temperature` and `mode` is set.
package struct SetpointPayload: Hashable, Sendable {
    /// A requested temperature.
    package enum Temperature: Hashable, Sendable {
        /// A set-point, °C. The receiver checks its range.
        case celsius(Double)
        /// The configured set-point, `null` on the wire.
        case configured
    }

    /// A requested mode of the room.
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        /// Comfort or eco, by schedule and presence.
        case auto
        case comfort
        case eco
        case boost
        case frostProtection = "frost_protection"
        case off
    }

    /// The requested temperature; `nil` to leave it as it is.
    package var temperature: Temperature?
    /// The requested mode; `nil` to leave it as it is.
    package var mode: Mode?
    /// The time at which both end; `nil` if they do not end, except for a boost.
    package var until: Timestamp?
    /// The name for people. Never empty.
    package var who: ShortText?

    /// The maximum size of a payload, bytes.
    package static let largestPayload = 4096

    /// Creates a payload.
    package init(temperature: Temperature? = nil, mode: Mode? = nil, until: Timestamp? = nil, who: ShortText? = nil) {
        self.temperature = temperature
        self.mode = mode
        self.until = until
        self.who = who
    }

    /// Decodes a payload. Whatever it is given, it does not trap.
    ///
    /// - Parameters:
    ///   - size: how long the message was, bytes.
    ///   - calendar: where times without an offset belong.
    /// - Throws: why it is none. Whatever comes in, it does not trap.
    package static func decode(
        _ payload: [UInt8], size: Int, in calendar: LocalCalendar
    ) throws(RejectionReason) -> SetpointPayload {
        do { return try read(payload, size: size, in: calendar) } catch { throw error.reason }
    }

    /// Decodes a payload like `decode`, but throws an error that names the wrong member.
    package static func read(
        _ payload: [UInt8], size: Int, in calendar: LocalCalendar
    ) throws(SetpointRejection) -> SetpointPayload {
        guard size <= largestPayload else {
            throw SetpointRejection(.tooLarge, value: "\(size) bytes", allowed: "at most \(largestPayload) bytes")
        }
        guard String(validating: payload, as: UTF8.self) != nil else { throw SetpointRejection(.notUTF8) }
        let message: Message
        do {
            message = try JSONDecoder().decode(Message.self, from: Data(payload))
        } catch DecodingError.dataCorrupted {
            throw SetpointRejection(.notJSON)
        } catch {
            throw SetpointRejection(.notASetpoint, allowed: "a JSON object")
        }
        do { try JSON.requireUniqueNames(in: payload) } catch {
            throw SetpointRejection(.repeatedName, value: error.description, allowed: "unique member names")
        }
        return try message.setpoint(in: calendar)
    }
}

/// The reason a message on `/setpoints/<room>` is rejected: for counters, and for people in a log.
package struct SetpointRejection: Error, Hashable, Sendable {
    /// The reason, for counters.
    package var reason: RejectionReason
    /// The wrong member: `until`; `nil` if the message as a whole is wrong.
    package var member: String?
    /// The wrong value, as one line of printable text of at most 80 bytes.
    package var value: String?
    /// The values that are allowed.
    package var allowed: String?

    /// Creates a rejection.
    ///
    /// - Parameter value: The wrong value, which is escaped and shortened to 80 bytes.
    package init(_ reason: RejectionReason, member: String? = nil, value: String? = nil, allowed: String? = nil) {
        self.reason = reason
        self.member = member
        self.value = value.map { $0.shortened(toBytes: 80).printable.shortened(toBytes: 80) }
        self.allowed = allowed
    }
}

/// The message as decoded from JSON.
private struct Message: Decodable {
    /// The members; `nil` for missing ones.
    private var celsius, mode, until, who: Scalar?

    private enum CodingKeys: String, CodingKey { case celsius, mode, until, who }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // `decodeIfPresent` would treat a `null` as a missing member.
        func member(_ key: CodingKeys) throws -> Scalar? {
            container.contains(key) ? try container.decode(Scalar.self, forKey: key) : nil
        }
        celsius = try member(.celsius)
        mode = try member(.mode)
        until = try member(.until)
        who = try member(.who)
    }

    func setpoint(in calendar: LocalCalendar) throws(SetpointRejection) -> SetpointPayload {
        var payload = SetpointPayload()
        if let celsius {
            if celsius.isNull {
                payload.temperature = .configured
            } else {
                guard let number = celsius.number else {
                    throw Self.rejection("celsius", celsius, "a number, or null for the configured set-point")
                }
                payload.temperature = .celsius(number)
            }
        }
        if let mode, !mode.isNull {
            guard case .text(let name) = mode, let mode = SetpointPayload.Mode(rawValue: name) else {
                let modes = SetpointPayload.Mode.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.rejection("mode", mode, modes)
            }
            payload.mode = mode
        }
        guard payload.temperature != nil || payload.mode != nil else {
            throw SetpointRejection(.notASetpoint, allowed: "celsius or mode, or both")
        }
        if let until, !until.isNull {
            guard let time = until.time(in: calendar) else {
                throw Self.rejection("until", until, "ISO 8601, or Unix seconds or milliseconds, 1970 to 2099")
            }
            payload.until = time
        }
        if let who, !who.isNull { payload.who = try Self.name(who) }
        return payload
    }

    /// Returns the name without surrounding spaces; `nil` if nothing is left.
    private static func name(_ who: Scalar) throws(SetpointRejection) -> ShortText? {
        // The limit is in bytes, as everywhere else: 64 characters may be thousands of them.
        guard case .text(let text) = who, let name = ShortText(text.trimmingCharacters(in: .whitespaces)),
            !name.text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw rejection("who", who, "a string of at most \(ShortText.limit) bytes without control characters") }
        return name.text.isEmpty ? nil : name
    }

    private static func rejection(_ member: String, _ value: Scalar, _ allowed: String) -> SetpointRejection {
        SetpointRejection(.notASetpoint, member: member, value: value.shown, allowed: allowed)
    }
}

extension Scalar {
    /// The value as in JSON, for people.
    fileprivate var shown: String {
        switch self {
        case .number(let number): ReadingValue.shortest(number)
        case .text(let text): "“\(text)”"
        case .flag(let flag): "\(flag)"
        case .null: "null"
        case .other: "an object or an array"
        }
    }
}
