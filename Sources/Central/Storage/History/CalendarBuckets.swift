internal import Building
package import Foundation

/// The minutes, quarter-hours, hours, days and months on the clocks of a time zone, each as a span of real time.
///
/// A day on which the clocks go forward has 23 hours, one on which they go back has 25, and the repeated hour counts as
/// two hours.
package struct CalendarBuckets: Sendable {
    /// The length of a bucket. Quarters are quarter-hours.
    package enum Unit: String, Sendable, Hashable, CaseIterable {
        case minute, quarter, hour, day, month

        /// The length in seconds of units with a fixed length.
        fileprivate var seconds: Int64? {
            switch self {
            case .minute: 60
            case .quarter: 900
            case .hour, .day, .month: nil
            }
        }
    }

    /// The length of a bucket.
    package let unit: Unit
    private let zone: TimeZone

    /// Creates the buckets of a unit in a time zone.
    package init(_ unit: Unit, zone: TimeZone) {
        self.unit = unit
        self.zone = zone
    }

    /// Consecutive buckets.
    package struct Row: Sendable, Hashable {
        /// The start of each bucket in seconds since 1970, ascending.
        package var starts: [Int64]
        /// The end of the last bucket in seconds since 1970.
        package var end: Int64
    }

    /// Returns the buckets from the one that contains `first` up to the last that begins before `end`.
    ///
    /// - Parameters:
    ///   - first: A moment in seconds since 1970.
    ///   - end: The end in seconds since 1970.
    ///   - count: The largest number of buckets.
    package func row(from first: Int64, before end: Int64, atMost count: Int = .max) -> Row {
        var row = Row(starts: [], end: start(containing: first))
        while row.end < end, row.starts.count < count {
            row.starts.append(row.end)
            row.end = next(after: row.end)
        }
        return row
    }

    /// Returns the start of the bucket that contains `moment`, both in seconds since 1970.
    package func start(containing moment: Int64) -> Int64 {
        if let seconds = unit.seconds { return moment - remainder(moment, seconds) }
        var moment = moment
        while true {
            let offset = offset(at: moment)
            let start = localStart(moment + offset) - offset
            guard self.offset(at: start) != offset else { return start }
            let change = change(after: start, upTo: moment)
            if beginsBucket(at: change) { return change }
            moment = change - 1
        }
    }

    /// Returns the end of the bucket that contains `moment`, both in seconds since 1970.
    package func next(after moment: Int64) -> Int64 {
        if let seconds = unit.seconds { return moment - remainder(moment, seconds) + seconds }
        var moment = moment
        while true {
            let offset = offset(at: moment)
            let end = localEnd(moment + offset) - offset
            guard self.offset(at: end) != offset else { return end }
            let change = change(after: moment, upTo: end)
            if beginsBucket(at: change) { return change }
            moment = change
        }
    }

    private func offset(at moment: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment))))
    }

    /// Returns the first moment after `start` with another offset than at `start`. The offset at `end` must differ.
    private func change(after start: Int64, upTo end: Int64) -> Int64 {
        let before = offset(at: start)
        var (low, high) = (start, end)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == before { low = middle } else { high = middle }
        }
        return high
    }

    /// Whether a new bucket begins at a moment at which the clocks change.
    private func beginsBucket(at change: Int64) -> Bool {
        let local = change + offset(at: change)
        let previous = change - 1 + offset(at: change - 1)
        // The repeated hour begins twice.
        if unit == .hour, remainder(local, 3600) == 0 { return true }
        return localStart(local) != localStart(previous)
    }

    /// Returns the start of the bucket, where both times are local times in seconds.
    private func localStart(_ local: Int64) -> Int64 {
        switch unit {
        case .minute, .quarter, .hour: return local - remainder(local, unit.seconds ?? 3600)
        case .day: return local - remainder(local, 86_400)
        case .month:
            let date = CalendarDate(daysSince1970: (local - remainder(local, 86_400)) / 86_400)
            return CalendarDate(year: date.year, month: date.month, day: 1).daysSince1970 * 86_400
        }
    }

    private func localEnd(_ local: Int64) -> Int64 {
        let start = localStart(local)
        switch unit {
        case .minute, .quarter, .hour: return start + (unit.seconds ?? 3600)
        case .day: return start + 86_400
        case .month:
            let date = CalendarDate(daysSince1970: start / 86_400)
            let next =
                date.month == 12
                ? CalendarDate(year: date.year + 1, month: 1, day: 1)
                : CalendarDate(year: date.year, month: date.month + 1, day: 1)
            return next.daysSince1970 * 86_400
        }
    }

    private func remainder(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

/// A date of the Gregorian calendar, by the algorithms of Howard Hinnant's “chrono-Compatible Low-Level Date
/// Algorithms”: years begin in March, eras have 400 years.
private struct CalendarDate {
    var year: Int64
    var month: Int64
    var day: Int64

    init(year: Int64, month: Int64, day: Int64) {
        (self.year, self.month, self.day) = (year, month, day)
    }

    init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
