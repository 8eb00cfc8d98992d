internal import APISupport
package import Building
package import CivilTime
internal import Foundation
package import Hummingbird
internal import JSON

/// A posted temperature: in the query, or as a JSON object with the same members.
package struct TemperatureMessage {
    let building: Int
    let room: Int
    /// The temperature in `unit`.
    let value: Double
    let unit: TemperatureUnit
    private let timestamp: MessageField?

    /// The valid range of an id.
    static let ids = 1...Int(Int32.max)
    private static let names: Set<String> = [
        "building_id", "room_id", "value", "sensor_type_id", "timestamp", "unit",
    ]
    private static let body = BodyRules(
        greatestBytes: 16_384,
        typeHint: "Send Content-Type: application/json, or the parameters in the query and no body.")
    /// The only type of sensor that is accepted.
    private static let temperatureSensor = 1

    var celsius: Double { unit.celsius(of: value) }

    /// Reads the query or the body of a request.
    ///
    /// - Throws: `APIError` 400, 413 or 415.
    package init(_ request: Request) async throws {
        let query = try QueryParameters(request, known: Self.names)
        let fields: [String: MessageField]
        if let body = try await Self.body.bytesIfAny(of: request) {
            guard query.isEmpty else {
                throw APIError.badRequest(
                    code: "two_messages", "The request has a temperature in both the query and the body.",
                    hint: "Send only one of them.")
            }
            try APIError.requireUniqueNames(in: body)
            fields = try Self.members(of: Data(body))
        } else {
            fields = Self.names.reduce(into: [:]) { $0[$1] = query.text($1).map(MessageField.query) }
        }
        building = try Self.integer(fields, "building_id", in: Self.ids)
        room = try Self.integer(fields, "room_id", in: Self.ids)
        if fields["sensor_type_id"] != nil {
            let type = try Self.integer(fields, "sensor_type_id", in: 0...Int(Int32.max))
            guard type == Self.temperatureSensor else {
                throw APIError.badRequest(
                    code: "bad_parameter", "Unknown sensor type \(type).", hint: "1 means temperature.")
            }
        }
        unit = try Self.unit(fields["unit"])
        guard let number = fields["value"]?.number, number.isFinite else {
            throw Self.wrong(fields["value"], "value", "must be a number, such as 295.15")
        }
        value = number
        timestamp = fields["timestamp"]
        if let timestamp, timestamp.timeText == nil { throw Self.wrongTime(timestamp) }
        guard value > unit.lowest else {
            throw APIError.badRequest(
                code: "below_absolute_zero",
                "\(ReadingValue.shortest(value)) \(unit.rawValue) is not above absolute zero.",
                hint: "Values are in kelvin unless unit=celsius is set.")
        }
        guard value <= unit.highest else {
            throw APIError.badRequest(
                code: "bad_parameter", "\(ReadingValue.shortest(value)) \(unit.rawValue) is too high.",
                hint: "The limit is \(ReadingValue.shortest(unit.highest)) \(unit.rawValue).")
        }
    }

    /// Returns the time of the measurement; `nil` if the message has none.
    ///
    /// - Parameter calendar: where a time without an offset is meant.
    package func time(in calendar: LocalCalendar) throws -> Timestamp? {
        guard let timestamp, let text = timestamp.timeText else { return nil }
        guard let time = TimeParameter.moment(text, in: calendar) else {
            throw Self.wrongTime(timestamp)
        }
        return time
    }

    private static func unit(_ field: MessageField?) throws -> TemperatureUnit {
        guard let field else { return .kelvin }
        guard let unit = field.text.flatMap(TemperatureUnit.init(rawValue:)) else {
            throw wrong(field, "unit", "must be kelvin or celsius")
        }
        return unit
    }

    private static func integer(_ fields: [String: MessageField], _ name: String, in range: ClosedRange<Int>) throws
        -> Int
    {
        guard let value = fields[name]?.integer, range.contains(value) else {
            throw wrong(
                fields[name], name, "must be a whole number, \(range.lowerBound) or more, as given by the lists")
        }
        return value
    }

    private static func wrong(_ field: MessageField?, _ name: String, _ rule: String) -> APIError {
        guard let field else {
            return .badRequest(code: "missing_parameter", "\(name) is missing.", hint: "It \(rule).")
        }
        return .badRequest(
            code: "bad_parameter", "“\(field.shown.prefix(80))” is not a valid \(name).", hint: "\(name) \(rule).")
    }

    private static func wrongTime(_ field: MessageField) -> APIError {
        wrong(field, "timestamp", "must be ISO 8601 or Unix seconds, from 1970 to 2099")
    }

    private static func members(of body: Data) throws -> [String: MessageField] {
        guard let fields = try? JSONDecoder().decode([String: MessageField].self, from: body) else {
            throw APIError.badRequest(
                code: "bad_body", "The body must be a JSON object whose values are numbers or strings.",
                hint: #"Example: {"building_id":1,"room_id":1,"value":295.15}."#)
        }
        if let unknown = fields.keys.sorted().first(where: { !names.contains($0) }) {
            throw APIError.badRequest(
                code: "unknown_parameter", "Unknown member “\(unknown.prefix(80))”.",
                hint: "The members are \(names.sorted().joined(separator: ", ")).")
        }
        return fields
    }
}

/// A value as it was sent.
private enum MessageField: Decodable {
    /// A value in the query, where everything is text.
    case query(String)
    case number(Double)
    case text(String)
    case other

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if (try? container.decode(Bool.self)) != nil {
            self = .other
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .other
        }
    }

    var integer: Int? {
        switch self {
        case .query(let text): QueryParameters.integer(text)
        case .number(let number): Int(exactly: number)
        case .text, .other: nil
        }
    }

    var number: Double? {
        switch self {
        case .query(let text): QueryParameters.number(text)
        case .number(let number): number
        case .text, .other: nil
        }
    }

    var text: String? {
        switch self {
        case .query(let text), .text(let text): text
        case .number, .other: nil
        }
    }

    /// As `TimeParameter` reads it; a fraction of Unix seconds is dropped.
    var timeText: String? {
        switch self {
        case .query(let text), .text(let text): text
        case .number(let number): number >= 0 && number < 1e10 ? String(Int64(saturating: number)) : nil
        case .other: nil
        }
    }

    var shown: String {
        switch self {
        case .query(let text), .text(let text): text
        case .number(let number): ReadingValue.shortest(number)
        case .other: "this"
        }
    }
}
