internal import Building
internal import CivilTime
internal import GraphQL
internal import Storage

/// Time steps on the clocks of a time zone. The first and the last are cut at the bounds of the range.
struct EnergySteps {
    /// The bounds of the steps in seconds since 1970; the last one is the end of the last step.
    let bounds: [Int64]

    /// The largest number of steps: the quarter-hours of about a hundred days.
    static let most = 10_000
    /// The shortest length of a step in seconds, by `EnergyInterval`.
    static let shortest = [
        "QUARTER_HOUR": 900, "HOUR": 3600, "DAY": 23 * 3600, "WEEK": 7 * 86_400 - 3600, "MONTH": 28 * 86_400 - 3600,
    ]
    static let tooMany = GraphQLError(
        "The range has more than \(most) steps. Request a shorter one or longer steps.", code: "BAD_RANGE")

    /// Divides a range into steps.
    ///
    /// - Parameter interval: An `EnergyInterval`; `DAY` by default.
    /// - Throws: `GraphQLError` if the range is empty or has too many steps.
    init(from start: Timestamp, before end: Timestamp, interval: Value?, calendar: LocalCalendar) throws {
        // Energy is known by quarter-hours: those that the range overlaps count in full.
        let first = start.millisecondsSince1970 / 900_000 * 900
        let last = (end.millisecondsSince1970 + 899_999) / 900_000 * 900
        guard start < end else {
            throw GraphQLError("“end” must be after “start”.", code: "BAD_RANGE")
        }
        var starts: [Int64]
        switch interval {
        case .enumeration("QUARTER_HOUR"): starts = Self.starts(.quarter, first, last, calendar)
        case .enumeration("HOUR"): starts = Self.starts(.hour, first, last, calendar)
        case .enumeration("MONTH"): starts = Self.starts(.month, first, last, calendar)
        case .enumeration("WEEK"):
            starts = Self.starts(.day, first, last, calendar).enumerated().filter { place, day in
                place == 0 || Self.isMonday(day, calendar)
            }.map(\.element)
        default: starts = Self.starts(.day, first, last, calendar)
        }
        guard starts.count <= Self.most else { throw Self.tooMany }
        starts[0] = first
        bounds = starts + [last]
    }

    private static func starts(
        _ unit: CalendarBuckets.Unit, _ first: Int64, _ last: Int64, _ calendar: LocalCalendar
    ) -> [Int64] {
        // Weeks are composed of days.
        CalendarBuckets(unit, calendar: calendar).row(from: first, before: last, atMost: 7 * most + 1).starts
    }

    private static func isMonday(_ day: Int64, _ calendar: LocalCalendar) -> Bool {
        // Noon, which no change of the clocks moves to another day.
        calendar.wall(Timestamp(wholeSecondsSince1970: day + 43_200)).date.weekday == .monday
    }
}
