import Building

import struct Foundation.Date
import struct Foundation.TimeZone

/// The date and time of day shown by a wall clock.
struct LocalTime: Sendable, Hashable {
    /// The number of days since 1970-01-01, in local time.
    var day: Int
    /// The second of the day, 0..<86,400.
    var secondOfDay: Int

    init(day: Int, secondOfDay: Int) {
        self.day = day
        self.secondOfDay = secondOfDay
    }

    init(of moment: Timestamp, in zone: TimeZone) {
        let seconds = Int(moment.millisecondsSince1970 / 1000)
        let local = seconds + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        day = Int((Double(local) / 86_400).rounded(.down))
        secondOfDay = local - day * 86_400
    }

    /// The day of the week. 1970-01-01 was a Thursday.
    var weekday: Weekday { Weekday.allCases[((day % 7) + 7 + 3) % 7] }

    /// Returns the moment at which a wall clock shows this time. In the hour skipped in spring, this is the moment
    /// skipped to; in the hour repeated in autumn, the first occurrence.
    func moment(in zone: TimeZone) -> Timestamp {
        let wall = day * 86_400 + secondOfDay
        func offset(at second: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))) }
        // The offsets half a day before and after apply to the two sides of a nearby change.
        let before = wall - offset(at: wall - 43_200 - offset(at: wall))
        let after = wall - offset(at: wall + 43_200 - offset(at: wall))
        for candidate in [min(before, after), max(before, after)]
        where candidate + offset(at: candidate) == wall {
            return Timestamp(millisecondsSince1970: Int64(candidate) * 1000)
        }
        // The time is skipped: the offset from before the change moves it later by as much.
        return Timestamp(millisecondsSince1970: Int64(before) * 1000)
    }

    /// The time of day, for the reason of a decision.
    var clockTime: ControlReason.ClockTime { ControlReason.ClockTime(secondOfDay: secondOfDay) }
}

/// A day of the week, by the name used in configurations.
package enum Weekday: String, Sendable, Hashable, CaseIterable, Codable {
    case monday = "mon"
    case tuesday = "tue"
    case wednesday = "wed"
    case thursday = "thu"
    case friday = "fri"
    case saturday = "sat"
    case sunday = "sun"
}
