import Building

import struct Foundation.Date
import struct Foundation.TimeZone

/// What a clock on the wall shows at a moment.
struct LocalTime: Sendable, Hashable {
    /// Days since 1970-01-01, in local time.
    var day: Int
    /// 0..<86,400.
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

    /// 1970-01-01 was a Thursday.
    var weekday: Weekday { Weekday.allCases[((day % 7) + 7 + 3) % 7] }

    /// When the clock on the wall shows this. In the hour that is skipped in spring, the moment it is skipped to; in
    /// the hour that comes twice in autumn, the first time.
    func moment(in zone: TimeZone) -> Timestamp {
        let wall = day * 86_400 + secondOfDay
        func offset(at second: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))) }
        // The offsets half a day before and after hold on the two sides of a change near by.
        let before = wall - offset(at: wall - 43_200 - offset(at: wall))
        let after = wall - offset(at: wall + 43_200 - offset(at: wall))
        for candidate in [min(before, after), max(before, after)]
        where candidate + offset(at: candidate) == wall {
            return Timestamp(millisecondsSince1970: Int64(candidate) * 1000)
        }
        // The time is skipped: with the offset from before the change, it comes as much later.
        return Timestamp(millisecondsSince1970: Int64(before) * 1000)
    }

    /// `14:02`
    var text: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return two(secondOfDay / 3600) + ":" + two(secondOfDay / 60 % 60)
    }
}

/// The days of a week, by the names that stand in configurations.
package enum Weekday: String, Sendable, Hashable, CaseIterable, Codable {
    case monday = "mon"
    case tuesday = "tue"
    case wednesday = "wed"
    case thursday = "thu"
    case friday = "fri"
    case saturday = "sat"
    case sunday = "sun"
}
