package import Building
package import Foundation

/// The calendar and clock of a time zone: converts between moments and what people there read off the wall.
package struct LocalCalendar: Sendable, Hashable {
    package let zone: TimeZone
    /// The IANA name that it was created with: `Europe/Berlin`.
    package let zoneName: String

    /// Creates the calendar of a named time zone.
    ///
    /// - Parameter name: an IANA name such as `Europe/Berlin`, or `UTC`. Abbreviations such as `CET` are ambiguous, and
    ///   not valid.
    /// - Returns: `nil` if the system knows no such zone. Nothing falls back to UTC: energy by the day and the ends of
    ///   set-points would be wrong without a word.
    package init?(zoneNamed name: String) {
        guard name.contains("/") || name == "UTC" || name == "GMT", let zone = TimeZone(identifier: name) else {
            return nil
        }
        // One value for UTC, whatever Foundation calls it.
        self.init(zone: name == "UTC" ? .gmt : zone, named: name)
    }

    /// The calendar of Coordinated Universal Time.
    package static let utc = LocalCalendar(zone: .gmt, named: "UTC")

    private init(zone: TimeZone, named name: String) {
        self.zone = zone
        zoneName = name
    }

    /// Returns what the wall shows at a moment.
    package func wall(_ moment: Timestamp) -> WallTime { reading(moment).wall }

    /// Returns what the wall shows at a moment, and the seconds by which it is ahead of UTC.
    func reading(_ moment: Timestamp) -> (wall: WallTime, offset: Int) {
        let seconds = Int(moment.wholeSecondsSince1970)
        let offset = offset(atSecond: seconds)
        let local = seconds + offset
        let day = Self.floored(local, by: 86_400)
        return (WallTime(CivilDate(number: day), second: local - day * 86_400), offset)
    }

    /// Returns the moment at which the wall shows `time`. In the hour that spring skips, that is the moment after the gap
    /// that is as much later; of the two moments in the hour that autumn repeats, the first, or with `last` the second.
    package func moment(_ time: WallTime, last: Bool = false) -> Timestamp {
        let moments = moments(time)
        if let moment = last ? moments.last : moments.first { return moment }
        // With the offset from before the gap.
        let wall = Self.seconds(of: time)
        return Self.timestamp(second: wall - offsets(around: wall).before)
    }

    /// Returns the moment at which a day begins. If clocks leave midnight out, that is the first moment after it.
    package func start(of date: CivilDate) -> Timestamp { moment(WallTime(date)) }

    /// Returns the moments at which the wall shows `time`, the earlier first: none in the hour that spring skips, two in
    /// the hour that autumn repeats, else one.
    package func moments(_ time: WallTime) -> [Timestamp] {
        let wall = Self.seconds(of: time)
        let (before, after) = offsets(around: wall)
        let candidates = before == after ? [before] : [max(before, after), min(before, after)]
        return candidates.filter { offset(atSecond: wall - $0) == $0 }.map { Self.timestamp(second: wall - $0) }
    }

    /// Returns the seconds by which the wall is ahead of UTC at a moment.
    package func offset(at moment: Timestamp) -> Int { offset(atSecond: Int(moment.wholeSecondsSince1970)) }

    /// The offsets half a day before and after a local time: those on the two sides of a change near by.
    private func offsets(around wall: Int) -> (before: Int, after: Int) {
        let guess = wall - offset(atSecond: wall)
        return (offset(atSecond: guess - 43_200), offset(atSecond: guess + 43_200))
    }

    private func offset(atSecond second: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
    }

    private static func seconds(of time: WallTime) -> Int { time.date.number * 86_400 + time.second }

    private static func timestamp(second: Int) -> Timestamp { Timestamp(wholeSecondsSince1970: Int64(second)) }

    private static func floored(_ value: Int, by divisor: Int) -> Int {
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }
}
