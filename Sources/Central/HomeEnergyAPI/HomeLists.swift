internal import APISupport
internal import Building
internal import CivilTime
internal import Foundation
internal import GraphQL

/// Limits the lists of a request before it runs.
enum HomeLists {
    static let devices = 1...1000
    static let tooMany = GraphQLError(
        "“first” must be from \(devices.lowerBound) to \(devices.upperBound).", code: "BAD_ARGUMENT")

    /// Returns the largest number of entries of a list; `nil` for other fields.
    ///
    /// - Throws: `GraphQLError` if the list is longer than allowed.
    @Sendable
    static func entries(_ list: AskedList) throws(GraphQLError) -> Int? {
        switch list.field {
        case "devices":
            guard case .int(let first)? = list.arguments["first"] else { return nil }
            guard devices.contains(first) else { throw tooMany }
            return first
        case "energyHistory": return try steps(list.arguments)
        default: return nil
        }
    }

    private static func steps(_ arguments: [String: Value]) throws(GraphQLError) -> Int? {
        guard let start = time(arguments["start"]), let end = time(arguments["end"]), start < end else { return nil }
        guard let interval = arguments["interval"]?.name.flatMap(EnergyInterval.init(rawValue:)) else { return nil }
        let shortest = interval.shortestSeconds
        let count = (end - start) / shortest + 2
        // Time zones move the ends by up to a day, and clocks change in between: a request barely above the limit is
        // refused later.
        guard count <= EnergySteps.most + 2 * 86_400 / shortest + 4 else { throw EnergySteps.tooMany }
        return count
    }

    /// Returns a time in seconds since 1970, regardless of the time zone.
    private static func time(_ value: Value?) -> Int? {
        let text: String
        switch value {
        case .string(let given)?: text = given
        case .int(let seconds)?: text = String(seconds)
        default: return nil
        }
        return TimeParameter.moment(text, in: .utc).map { Int($0.millisecondsSince1970 / 1000) }
    }
}

extension Value {
    /// The name of an enumeration's value, from a document or, as a string, from variables.
    var name: String? {
        switch self {
        case .enumeration(let name), .string(let name): name
        default: nil
        }
    }
}
