internal import Building
internal import CivilTime
internal import GraphQL
internal import Storage

/// The schema's enumeration `EnergyInterval`.
enum EnergyInterval: String {
    case quarterHour = "QUARTER_HOUR"
    case hour = "HOUR"
    case day = "DAY"
    case week = "WEEK"
    case month = "MONTH"

    /// The buckets of which a step is composed: a week of days.
    var unit: CalendarBuckets.Unit {
        switch self {
        case .quarterHour: .quarter
        case .hour: .hour
        case .day, .week: .day
        case .month: .month
        }
    }

    /// The shortest length of a step, in seconds: clocks may go forward in it.
    var shortestSeconds: Int {
        switch self {
        case .quarterHour: 900
        case .hour: 3600
        case .day: 23 * 3600
        case .week: 7 * 86_400 - 3600
        case .month: 28 * 86_400 - 3600
        }
    }
}

/// Time steps on the clocks of a time zone. The first and the last are cut at the bounds of the range.
struct EnergySteps {
    /// The bounds of the steps in seconds since 1970; the last one is the end of the last step.
    let bounds: [Int64]

    /// The largest number of steps: the quarter-hours of about a hundred days.
    static let most = 10_000
    static let tooMany = GraphQLError(
        "The range has more than \(most) steps. Request a shorter one or longer steps.", code: "BAD_RANGE")

    /// Divides a range into steps.
    ///
    /// - Throws: `GraphQLError` if the range is empty or has too many steps.
    init(from start: Timestamp, before end: Timestamp, interval: EnergyInterval, calendar: LocalCalendar) throws {
        // Energy is known by quarter-hours: those that the range overlaps count in full.
        let first = start.millisecondsSince1970 / 900_000 * 900
        let last = (end.millisecondsSince1970 + 899_999) / 900_000 * 900
        guard start < end else {
            throw GraphQLError("“end” must be after “start”.", code: "BAD_RANGE")
        }
        let buckets = CalendarBuckets(interval.unit, calendar: calendar)
        var starts = buckets.row(from: first, before: last, atMost: 7 * Self.most + 1).starts
        if interval == .week {
            starts = starts.enumerated().filter { $0.offset == 0 || Self.isMonday($0.element, calendar) }.map(\.element)
        }
        guard starts.count <= Self.most else { throw Self.tooMany }
        starts[0] = first
        bounds = starts + [last]
    }

    private static func isMonday(_ day: Int64, _ calendar: LocalCalendar) -> Bool {
        // Noon, which no change of the clocks moves to another day.
        calendar.wall(Timestamp(wholeSecondsSince1970: day + 43_200)).date.weekday == .monday
    }
}
