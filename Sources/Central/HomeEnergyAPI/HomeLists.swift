internal import APISupport
internal import Building
internal import Foundation
internal import GraphQL

/// How many entries the lists of a request may have, known before it runs.
enum HomeLists {
    static let devices = 1...1000
    static let tooMany = GraphQLError(
        "“first” is from \(devices.lowerBound) to \(devices.upperBound).", code: "BAD_ARGUMENT")

    /// - Throws: where more is asked for than is given.
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
        let interval = arguments["interval"]?.name ?? ""
        guard let shortest = EnergySteps.shortest[interval] else { return nil }
        let count = (end - start) / shortest + 2
        // Time zones move the ends by a day, and the clocks are set within: what is hardly too much is told later.
        guard count <= EnergySteps.most + 2 * 86_400 / shortest + 4 else { throw EnergySteps.tooMany }
        return count
    }

    /// Seconds since 1970, where the time zone does not matter.
    private static func time(_ value: Value?) -> Int? {
        let text: String
        switch value {
        case .string(let given)?: text = given
        case .int(let seconds)?: text = String(seconds)
        default: return nil
        }
        return ISO8601Reader.parse(text, zone: .gmt).map { Int($0.millisecondsSince1970 / 1000) }
    }
}

extension Value {
    /// Of an enumeration's value, in a document or, as a text, in variables.
    fileprivate var name: String? {
        switch self {
        case .enumeration(let name), .string(let name): name
        default: nil
        }
    }
}
