public import Building
public import Foundation

/// What someone in the building asks for on `/setpoints/<room>`: `{"celsius":23,"mode":"boost","until":…,"who":…}`.
/// At least one of `temperature` and `mode` is there.
public struct SetpointPayload: Hashable, Sendable {
    public enum Temperature: Hashable, Sendable {
        /// °C. The range is the receiver's to check.
        case celsius(Double)
        /// `null`: that of the configuration again.
        case configured
    }

    public enum Mode: String, Hashable, Sendable, CaseIterable {
        /// By schedule and presence.
        case auto
        case comfort
        case eco
        case boost
        case frostProtection = "frost_protection"
        case off
    }

    public var temperature: Temperature?
    public var mode: Mode?
    /// When both end; `nil`: never, but for a boost.
    public var until: Timestamp?
    /// A name, for people. Never empty.
    public var who: ShortText?

    /// The longest payload that can be one, bytes.
    public static let largestPayload = 4096

    public init(temperature: Temperature? = nil, mode: Mode? = nil, until: Timestamp? = nil, who: ShortText? = nil) {
        self.temperature = temperature
        self.mode = mode
        self.until = until
        self.who = who
    }

    /// - Parameters:
    ///   - size: how long the message was, bytes.
    ///   - timeZone: where times without an offset belong.
    /// - Throws: why it is none. Whatever comes in, it does not trap.
    public static func decode(
        _ payload: [UInt8], size: Int, in timeZone: TimeZone
    ) throws(RejectionReason) -> SetpointPayload {
        guard size <= largestPayload else { throw .tooLarge }
        guard String(validating: payload, as: UTF8.self) != nil else { throw .notUTF8 }
        let message: Message
        do {
            message = try JSONDecoder().decode(Message.self, from: Data(payload))
        } catch DecodingError.dataCorrupted {
            throw .notJSON
        } catch {
            throw .notASetpoint
        }
        return try message.setpoint(in: timeZone)
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

    func setpoint(in timeZone: TimeZone) throws(RejectionReason) -> SetpointPayload {
        var payload = SetpointPayload()
        if let celsius {
            if celsius.isNull {
                payload.temperature = .configured
            } else {
                guard let number = celsius.number else { throw .notASetpoint }
                payload.temperature = .celsius(number)
            }
        }
        if let mode, !mode.isNull {
            guard case .text(let name) = mode, let mode = SetpointPayload.Mode(rawValue: name) else {
                throw .notASetpoint
            }
            payload.mode = mode
        }
        guard payload.temperature != nil || payload.mode != nil else { throw .notASetpoint }
        if let until, !until.isNull {
            guard let time = until.time(in: timeZone) else { throw .notASetpoint }
            payload.until = time
        }
        if let who, !who.isNull {
            guard case .text(let text) = who else { throw .notASetpoint }
            payload.who = try Self.name(text)
        }
        return payload
    }

    /// `nil` where nothing but spaces is left.
    private static func name(_ text: String) throws(RejectionReason) -> ShortText? {
        // Counted in bytes, as it is when it goes on from here: 64 characters may be thousands of them.
        guard let name = ShortText(text.trimmingCharacters(in: .whitespaces)),
            !name.text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw .notASetpoint }
        return name.text.isEmpty ? nil : name
    }
}
