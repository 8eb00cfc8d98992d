/// A day of the Gregorian calendar, without a time zone.
package struct CivilDate: Hashable, Sendable, Comparable {
    /// Days since 1970-01-01; negative before it.
    package var number: Int

    package init(number: Int) { self.number = number }

    /// Creates the day with this year, month and day of the month.
    ///
    /// - Parameter year: 0…9999.
    /// - Returns: `nil` if there is no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard 0...9999 ~= year, 1...12 ~= month, day >= 1, day <= Self.length(ofMonth: month, year: year) else {
            return nil
        }
        number = Self.number(year: year, month: month, day: day)
    }

    /// The number of a day that there is, by `days_from_civil` of Howard Hinnant's “chrono-Compatible Low-Level Date
    /// Algorithms”: years begin in March, eras have 400 years.
    private static func number(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The year, the month (1…12) and the day of the month (1…31), by `civil_from_days` of the same source.
    package var parts: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The day of the week; 1970-01-01 was a Thursday.
    package var weekday: Weekday { Weekday.allCases[((number % 7) + 7 + 3) % 7] }

    /// Returns the day so many days later, or earlier if `days` is negative.
    package func adding(days: Int) -> CivilDate { CivilDate(number: number + days) }

    /// Returns the first day of the month that is `months` after this one's.
    package func firstOfMonth(adding months: Int = 0) -> CivilDate {
        let (year, month, _) = parts
        let index = year * 12 + month - 1 + months
        let rest = (index % 12 + 12) % 12
        return CivilDate(number: Self.number(year: (index - rest) / 12, month: rest + 1, day: 1))
    }

    package static func < (left: CivilDate, right: CivilDate) -> Bool { left.number < right.number }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// A day of the week, by the name that configurations use.
package enum Weekday: String, Sendable, Hashable, CaseIterable, Codable {
    case monday = "mon"
    case tuesday = "tue"
    case wednesday = "wed"
    case thursday = "thu"
    case friday = "fri"
    case saturday = "sat"
    case sunday = "sun"

    /// The days since Monday, 0…6.
    package var index: Int {
        switch self {
        case .monday: 0
        case .tuesday: 1
        case .wednesday: 2
        case .thursday: 3
        case .friday: 4
        case .saturday: 5
        case .sunday: 6
        }
    }
}

/// The date and the time of day that a calendar and a clock on the wall show, without a time zone.
package struct WallTime: Hashable, Sendable {
    package var date: CivilDate
    /// The second of the day, 0…86,400; the last is the next day's midnight.
    package var second: Int

    package init(_ date: CivilDate, second: Int = 0) {
        self.date = date
        self.second = second
    }

    package init(_ date: CivilDate, hour: Int, minute: Int = 0) {
        self.init(date, second: hour * 3600 + minute * 60)
    }

    /// The hour and the minute: `14:02`.
    package var clock: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return two(second / 3600) + ":" + two(second / 60 % 60)
    }
}
