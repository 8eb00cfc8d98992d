internal import Building
package import CivilTime

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
    private let calendar: LocalCalendar

    package init(_ unit: Unit, calendar: LocalCalendar) {
        self.unit = unit
        self.calendar = calendar
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
        Int64(calendar.offset(at: Timestamp(wholeSecondsSince1970: moment)))
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

    /// Returns whether a new bucket begins at a moment at which the clocks change.
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
            let date = CivilDate(number: Int((local - remainder(local, 86_400)) / 86_400))
            return Int64(date.firstOfMonth().number) * 86_400
        }
    }

    private func localEnd(_ local: Int64) -> Int64 {
        let start = localStart(local)
        switch unit {
        case .minute, .quarter, .hour: return start + (unit.seconds ?? 3600)
        case .day: return start + 86_400
        case .month: return Int64(CivilDate(number: Int(start / 86_400)).firstOfMonth(adding: 1).number) * 86_400
        }
    }

    private func remainder(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
