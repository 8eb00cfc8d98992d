package import Building
package import Foundation
internal import JSON

/// What someone in the building asks for on `/setpoints/<room>`: `{"celsius":23,"mode":"boost","until":…,"who":…}`.
/// At least one of `temperature` and `mode` is there.
package struct SetpointPayload: Hashable, Sendable {
    package enum Temperature: Hashable, Sendable {
        /// °C. The range is the receiver's to check.
        case celsius(Double)
        /// `null`: that of the configuration again.
        case configured
    }

    package enum Mode: String, Hashable, Sendable, CaseIterable {
        /// By schedule and presence.
        case auto
        case comfort
        case eco
        case boost
        case frostProtection = "frost_protection"
        case off
    }

    package var temperature: Temperature?
    package var mode: Mode?
    /// When both end; `nil`: never, but for a boost.
    package var until: Timestamp?
    /// A name, for people. Never empty.
    package var who: ShortText?

    /// The longest payload that can be one, bytes.
    package static let largestPayload = 4096

    package init(temperature: Temperature? = nil, mode: Mode? = nil, until: Timestamp? = nil, who: ShortText? = nil) {
        self.temperature = temperature
        self.mode = mode
        self.until = until
        self.who = who
    }

    /// - Parameters:
    ///   - size: how long the message was, bytes.
    ///   - timeZone: where times without an offset belong.
    /// - Throws: why it is none. Whatever comes in, it does not trap.
    package static func decode(
        _ payload: [UInt8], size: Int, in timeZone: TimeZone
    ) throws(RejectionReason) -> SetpointPayload {
        do { return try read(payload, size: size, in: timeZone) } catch { throw error.reason }
    }

    /// The same, with the member that is to blame.
    package static func read(
        _ payload: [UInt8], size: Int, in timeZone: TimeZone
    ) throws(SetpointRefusal) -> SetpointPayload {
        guard size <= largestPayload else {
            throw SetpointRefusal(.tooLarge, value: "\(size) bytes", allowed: "at most \(largestPayload) bytes")
        }
        guard String(validating: payload, as: UTF8.self) != nil else { throw SetpointRefusal(.notUTF8) }
        let message: Message
        do {
            message = try JSONDecoder().decode(Message.self, from: Data(payload))
        } catch DecodingError.dataCorrupted {
            throw SetpointRefusal(.notJSON)
        } catch {
            throw SetpointRefusal(.notASetpoint, allowed: "a JSON object")
        }
        do { try JSON.requireUniqueNames(in: payload) } catch {
            throw SetpointRefusal(.repeatedName, value: error.description, allowed: "each name once")
        }
        return try message.setpoint(in: timeZone)
    }
}

/// Why a message on `/setpoints/<room>` is refused: for counters, and for people in a log.
package struct SetpointRefusal: Error, Hashable, Sendable {
    package var reason: RejectionReason
    /// The member that is to blame: `until`; `nil` if it is the message as a whole.
    package var member: String?
    /// What stands there, as one line of printable text; at most 80 bytes.
    package var value: String?
    /// What may stand there.
    package var allowed: String?

    package init(_ reason: RejectionReason, member: String? = nil, value: String? = nil, allowed: String? = nil) {
        self.reason = reason
        self.member = member
        self.value = value.map { $0.shortened(toBytes: 80).printable.shortened(toBytes: 80) }
        self.allowed = allowed
    }
}

/// The message as JSON has it.
private struct Message: Decodable {
    /// `nil`: the member is missing.
    private var celsius, mode, until, who: Scalar?

    private enum CodingKeys: String, CodingKey { case celsius, mode, until, who }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // `decodeIfPresent` would take a `null` for a member that is missing.
        func member(_ key: CodingKeys) throws -> Scalar? {
            container.contains(key) ? try container.decode(Scalar.self, forKey: key) : nil
        }
        celsius = try member(.celsius)
        mode = try member(.mode)
        until = try member(.until)
        who = try member(.who)
    }

    func setpoint(in timeZone: TimeZone) throws(SetpointRefusal) -> SetpointPayload {
        var payload = SetpointPayload()
        if let celsius {
            if celsius.isNull {
                payload.temperature = .configured
            } else {
                guard let number = celsius.number else {
                    throw Self.refusal("celsius", celsius, "a number, or null for the configured one")
                }
                payload.temperature = .celsius(number)
            }
        }
        if let mode, !mode.isNull {
            guard case .text(let name) = mode, let mode = SetpointPayload.Mode(rawValue: name) else {
                throw Self.refusal("mode", mode, SetpointPayload.Mode.allCases.map(\.rawValue).joined(separator: ", "))
            }
            payload.mode = mode
        }
        guard payload.temperature != nil || payload.mode != nil else {
            throw SetpointRefusal(.notASetpoint, allowed: "celsius or mode, or both")
        }
        if let until, !until.isNull {
            guard let time = until.time(in: timeZone) else {
                throw Self.refusal("until", until, "ISO 8601, or Unix seconds or milliseconds, 1970 to 2099")
            }
            payload.until = time
        }
        if let who, !who.isNull { payload.who = try Self.name(who) }
        return payload
    }

    /// `nil` where nothing but spaces is left.
    private static func name(_ who: Scalar) throws(SetpointRefusal) -> ShortText? {
        // Counted in bytes, as it is when it goes on from here: 64 characters may be thousands of them.
        guard case .text(let text) = who, let name = ShortText(text.trimmingCharacters(in: .whitespaces)),
            !name.text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw refusal("who", who, "a text of at most \(ShortText.limit) bytes without control characters") }
        return name.text.isEmpty ? nil : name
    }

    private static func refusal(_ member: String, _ value: Scalar, _ allowed: String) -> SetpointRefusal {
        SetpointRefusal(.notASetpoint, member: member, value: value.shown, allowed: allowed)
    }
}

extension Scalar {
    /// As JSON has it, for people.
    fileprivate var shown: String {
        switch self {
        case .number(let number): ReadingValue.shortest(number)
        case .text(let text): "“\(text)”"
        case .flag(let flag): "\(flag)"
        case .null: "null"
        case .other: "an object or a list"
        }
    }
}
