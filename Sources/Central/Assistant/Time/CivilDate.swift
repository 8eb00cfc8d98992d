/// A day of the Gregorian calendar.
package struct CivilDate: Hashable, Sendable, Comparable {
    /// Days since 1970-01-01.
    package var number: Int

    package init(number: Int) { self.number = number }

    /// `nil` where there is no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1970...2200).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(ofMonth: month, year: year)
        else { return nil }
        // `days_from_civil` of Howard Hinnant's “chrono-Compatible Low-Level Date Algorithms”: years begin in March.
        let shiftedYear = month <= 2 ? year - 1 : year
        let yearOfEra = shiftedYear % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = shiftedYear / 400 * 146_097 + dayOfEra - 719_468
    }

    /// By the same source's `civil_from_days`.
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

    /// 0 is Monday; 1970-01-01 was a Thursday.
    package var weekday: Int { ((number % 7) + 7 + 3) % 7 }

    package func adding(days: Int) -> CivilDate { CivilDate(number: number + days) }

    /// The first day of the month that is `months` after this one's.
    package func firstOfMonth(adding months: Int = 0) -> CivilDate {
        let (year, month, _) = parts
        let index = year * 12 + month - 1 + months
        return CivilDate(year: index / 12, month: index % 12 + 1, day: 1) ?? self
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

/// What a calendar and a clock on the wall show.
package struct WallTime: Hashable, Sendable {
    package var date: CivilDate
    /// 0...86,400; the last is the next day's midnight.
    package var second: Int

    package init(_ date: CivilDate, second: Int = 0) {
        self.date = date
        self.second = second
    }

    package init(_ date: CivilDate, hour: Int, minute: Int = 0) {
        self.init(date, second: hour * 3600 + minute * 60)
    }
}
