package import Building
package import CivilTime

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
    package var calendar: LocalCalendar

    package init(periods: [Period], calendar: LocalCalendar) {
        self.periods = periods
        self.calendar = calendar
    }

    /// Returns whether the room should be comfortable at `moment`.
    package func isComfort(at moment: Timestamp) -> Bool {
        let today = calendar.wall(moment).date
        return [today.adding(days: -1), today].contains { day in
            starting(on: day).contains { period in
                let (start, end) = span(of: period, on: day)
                return start <= moment && moment < end
            }
        }
    }

    /// Returns the start of the next period of comfort after `moment`; `nil` if there is none.
    package func nextStart(after moment: Timestamp) -> Timestamp? {
        let today = calendar.wall(moment).date
        for day in (0...8).map({ today.adding(days: $0) }) {
            let starts = starting(on: day).map { span(of: $0, on: day).start }.filter { $0 > moment }
            if let first = starts.min() { return first }
        }
        return nil
    }

    private func starting(on day: CivilDate) -> [Period] {
        periods.filter { $0.days.contains(day.weekday) }
    }

    private func span(of period: Period, on day: CivilDate) -> (start: Timestamp, end: Timestamp) {
        let endsNextDay = period.endMinute <= period.startMinute
        let end = (endsNextDay ? 1440 : 0) + period.endMinute
        return (
            calendar.moment(WallTime(day, second: period.startMinute * 60)),
            calendar.moment(WallTime(day.adding(days: end / 1440), second: end % 1440 * 60))
        )
    }
}
