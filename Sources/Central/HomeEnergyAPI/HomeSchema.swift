internal import APISupport
internal import Building
internal import CivilTime
internal import GraphQL
internal import Storage

/// The schema and the format of its times.
enum HomeSchema {
    static func make() throws(GraphQLError) -> Schema {
        let time = ScalarRules { value throws(GraphQLError) in
            switch value {
            case .string(let text):
                guard TimeParameter.moment(text, in: .utc) != nil else { throw wrong }
                return value
            case .int(let seconds):
                guard seconds >= 0, TimeParameter.moment(String(seconds), in: .utc) != nil else { throw wrong }
                return .string(String(seconds))
            default: throw wrong
            }
        }
        return try Schema(String(decoding: PackageResources.home_graphql, as: UTF8.self), scalars: ["DateTime": time])
    }

    private static let wrong = GraphQLError(
        "is not a valid time: use ISO 8601, such as 2024-12-24T18:00:00+01:00 (without an offset, the building's time), or "
            + "Unix seconds")

    /// Returns a time as ISO 8601 with the zone's offset at that time.
    static func text(_ time: Timestamp?, in calendar: LocalCalendar) -> Resolved {
        guard let time else { return .null }
        return .leaf(.string(ISO8601Writer(calendar).text(time)))
    }
}

extension HomeDevice.Kind.Name {
    /// Parses the schema's name of a kind: `SOLAR_PANEL`.
    init?(_ value: Value?) {
        guard case .enumeration(let name)? = value else { return nil }
        self.init(rawValue: name.lowercased())
    }

    var value: Value { .enumeration(rawValue.uppercased()) }
}

extension StorageMode {
    init?(_ value: Value?) {
        guard case .enumeration(let name)? = value else { return nil }
        self.init(rawValue: name.lowercased())
    }

    var value: Value { .enumeration(rawValue.uppercased()) }
}

extension Value {
    var number: Double? { if case .float(let number) = self { number } else { nil } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var fields: Fields? { if case .object(let fields) = self { fields } else { nil } }
}

extension Resolved {
    static func number(_ number: Double?) -> Resolved { .leaf(number.map { .float($0) } ?? .null) }
    static func text(_ text: String?) -> Resolved { .leaf(text.map { .string($0) } ?? .null) }
}
