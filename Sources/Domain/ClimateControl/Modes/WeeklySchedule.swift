package import Building

package import struct Foundation.TimeZone

/// A weekly schedule of the times at which a room should be comfortable, in local time.
package struct WeeklySchedule: Sendable, Hashable {
    /// One period of comfort.
    package struct Period: Sendable, Hashable {
        /// The days on which it begins.
        package var days: Set<Weekday>
        /// The start, in minutes since midnight, 0…1439.
        package var startMinute: Int
        /// The end, in minutes since midnight, 0…1440. If it is not after `startMinute`, the period ends on the
        /// following day.
        package var endMinute: Int

        /// Creates a period; minutes outside their range are clamped.
        package init(days: Set<Weekday> = Set(Weekday.allCases), startMinute: Int, endMinute: Int) {
            self.days = days
            self.startMinute = min(1439, max(0, startMinute))
            self.endMinute = min(1440, max(0, endMinute))
        }
    }

    /// The periods of comfort, which may overlap.
    package var periods: [Period]
    /// The building's time zone. It handles daylight saving: 06:30 is 06:30 on the wall.
    package var timeZone: TimeZone

    /// Creates a schedule.
    package init(periods: [Period], timeZone: TimeZone) {
        self.periods = periods
        self.timeZone = timeZone
    }

    /// Returns whether the room should be comfortable at `moment`.
    package func isComfort(at moment: Timestamp) -> Bool {
        let today = LocalTime(of: moment, in: timeZone)
        return [today.day - 1, today.day].contains { day in
            starting(on: day).contains { period in
                let (start, end) = span(of: period, on: day)
                return start <= moment && moment < end
            }
        }
    }

    /// Returns the start of the next period of comfort after `moment`; `nil` if there is none.
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
