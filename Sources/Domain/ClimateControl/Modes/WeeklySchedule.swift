package import Building

package import struct Foundation.TimeZone

/// When a room is to be comfortable, by the clock on its wall, week by week.
package struct WeeklySchedule: Sendable, Hashable {
    /// One stretch of comfort.
    package struct Period: Sendable, Hashable {
        /// The days on which it begins.
        package var days: Set<Weekday>
        /// Minutes since midnight, 0…1439.
        package var startMinute: Int
        /// Minutes since midnight, 0…1440. Where it is not after `startMinute`, the period ends on the day after.
        package var endMinute: Int

        package init(days: Set<Weekday> = Set(Weekday.allCases), startMinute: Int, endMinute: Int) {
            self.days = days
            self.startMinute = min(1439, max(0, startMinute))
            self.endMinute = min(1440, max(0, endMinute))
        }
    }

    package var periods: [Period]
    /// The building's. Daylight saving is its business: 06:30 is 06:30 on the wall.
    package var timeZone: TimeZone

    package init(periods: [Period], timeZone: TimeZone) {
        self.periods = periods
        self.timeZone = timeZone
    }

    /// Whether the room is to be comfortable at `moment`.
    package func isComfort(at moment: Timestamp) -> Bool {
        let today = LocalTime(of: moment, in: timeZone)
        return [today.day - 1, today.day].contains { day in
            starting(on: day).contains { period in
                let (start, end) = span(of: period, on: day)
                return start <= moment && moment < end
            }
        }
    }

    /// When the next stretch of comfort begins, after `moment`; `nil` where none ever does.
    package func nextStart(after moment: Timestamp) -> Timestamp? {
        let today = LocalTime(of: moment, in: timeZone)
        for day in today.day...(today.day + 8) {
            let starts = starting(on: day).map { span(of: $0, on: day).start }.filter { $0 > moment }
            if let first = starts.min() { return first }
        }
        return nil
    }

    private func starting(on day: Int) -> [Period] {
        let weekday = LocalTime(day: day, secondOfDay: 0).weekday
        return periods.filter { $0.days.contains(weekday) }
    }

    private func span(of period: Period, on day: Int) -> (start: Timestamp, end: Timestamp) {
        let endsNextDay = period.endMinute <= period.startMinute
        let end = (endsNextDay ? 1440 : 0) + period.endMinute
        return (
            LocalTime(day: day, secondOfDay: period.startMinute * 60).moment(in: timeZone),
            LocalTime(day: day + end / 1440, secondOfDay: end % 1440 * 60).moment(in: timeZone)
        )
    }
}
