package import Building
package import Foundation

/// A building's calendar and clock: between moments and what people there read off the wall.
package struct LocalCalendar: Sendable {
    package let zone: TimeZone

    package init(zone: TimeZone) { self.zone = zone }

    /// `Europe/Berlin`
    package var zoneName: String { zone.identifier }

    package func wall(_ moment: Timestamp) -> WallTime {
        let seconds = Self.floored(moment.millisecondsSince1970, by: 1000)
        let local = seconds + offset(at: seconds)
        let day = Self.floored(Int64(local), by: 86_400)
        return WallTime(CivilDate(number: day), second: local - day * 86_400)
    }

    /// When the wall shows `time`. In the hour that spring skips, the moment after the gap that is as much later; of
    /// the two moments in the hour that comes twice in autumn, the first, or with `last` the second.
    package func moment(_ time: WallTime, last: Bool = false) -> Timestamp {
        let wall = time.date.number * 86_400 + time.second
        // The offsets half a day before and after hold on the two sides of a change near by.
        let guess = wall - offset(at: wall)
        let candidates = [wall - offset(at: guess - 43_200), wall - offset(at: guess + 43_200)]
        let right = candidates.filter { $0 + offset(at: $0) == wall }
        let second = (last ? right.max() : right.min()) ?? candidates[0]
        return Timestamp(millisecondsSince1970: Int64(second) * 1000)
    }

    /// `2026-03-29T22:00:00+02:00`
    package func iso8601(_ moment: Timestamp) -> String {
        let wall = wall(moment)
        let (year, month, day) = wall.date.parts
        let offset = offset(at: Self.floored(moment.millisecondsSince1970, by: 1000))
        let minutes = abs(offset) / 60
        return "\(Self.padded(year, 4))-\(Self.padded(month))-\(Self.padded(day))T"
            + "\(Self.padded(wall.second / 3600)):\(Self.padded(wall.second / 60 % 60)):\(Self.padded(wall.second % 60))"
            + "\(offset < 0 ? "-" : "+")\(Self.padded(minutes / 60)):\(Self.padded(minutes % 60))"
    }

    static func padded(_ value: Int, _ width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private func offset(at second: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
    }

    private static func floored(_ value: Int64, by divisor: Int64) -> Int {
        Int(value / divisor) - (value % divisor < 0 ? 1 : 0)
    }
}
