internal import Building
internal import Foundation
internal import GraphQL
internal import Storage

/// Steps of time as the clocks of a time zone show them; the first and the last are cut where the range is.
struct EnergySteps {
    /// Seconds since 1970; the last one is where the last step ends.
    let bounds: [Int64]

    /// As many quarters as a hundred days have.
    static let most = 10_000
    /// How short a step may be at least, in seconds, by `EnergyInterval`.
    static let shortest = [
        "QUARTER_HOUR": 900, "HOUR": 3600, "DAY": 23 * 3600, "WEEK": 7 * 86_400 - 3600, "MONTH": 28 * 86_400 - 3600,
    ]
    static let tooMany = GraphQLError(
        "The range has more than \(most) steps. Ask for a shorter one, or for longer steps.", code: "BAD_RANGE")

    /// - Parameter interval: an `EnergyInterval`.
    /// - Throws: `GraphQLError` where the range is no range, or too long.
    init(from start: Timestamp, before end: Timestamp, interval: Value?, zone: TimeZone) throws {
        // Energy is known by quarters of an hour: those that the range touches count whole.
        let first = start.millisecondsSince1970 / 900_000 * 900
        let last = (end.millisecondsSince1970 + 899_999) / 900_000 * 900
        guard start < end else {
            throw GraphQLError("“end” is not after “start”.", code: "BAD_RANGE")
        }
        var starts: [Int64]
        switch interval {
        case .enumeration("QUARTER_HOUR"): starts = Self.starts(.quarter, first, last, zone)
        case .enumeration("HOUR"): starts = Self.starts(.hour, first, last, zone)
        case .enumeration("MONTH"): starts = Self.starts(.month, first, last, zone)
        case .enumeration("WEEK"):
            starts = Self.starts(.day, first, last, zone).enumerated().filter { place, day in
                place == 0 || Self.isMonday(day, zone)
            }.map(\.element)
        default: starts = Self.starts(.day, first, last, zone)
        }
        guard starts.count <= Self.most else { throw Self.tooMany }
        starts[0] = first
        bounds = starts + [last]
    }

    private static func starts(_ unit: CalendarBuckets.Unit, _ first: Int64, _ last: Int64, _ zone: TimeZone) -> [Int64]
    {
        // Weeks are made of days.
        CalendarBuckets(unit, zone: zone).row(from: first, before: last, atMost: 7 * most + 1).starts
    }

    private static func isMonday(_ day: Int64, _ zone: TimeZone) -> Bool {
        // Noon, which no change of the clocks moves to another day. 1 January 1970 was a Thursday.
        let noon = day + 43_200
        let local = noon + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(noon))))
        return (local / 86_400 + 3) % 7 == 0
    }
}
