internal import Building
internal import Foundation

/// Writes times as ISO 8601 in a building's time zone: `2024-12-27T01:00:00+01:00`, with milliseconds where there are
/// any.
struct OffsetTime: Sendable {
    private let zone: TimeZone

    /// - Parameter zone: an IANA name. What is none counts as UTC: a wrong name must not hide the readings.
    init(zone: String) {
        self.zone = TimeZone(identifier: zone) ?? .gmt
    }

    init(zone: TimeZone) { self.zone = zone }

    func text(_ time: Timestamp) -> String {
        let (clock, fraction, offset) = parts(time, separator: "T")
        let minutes = abs(offset) / 60
        return clock + (fraction == 0 ? "" : "." + Self.padded(fraction, 3)) + (offset < 0 ? "-" : "+")
            + Self.padded(minutes / 60, 2) + ":" + Self.padded(minutes % 60, 2)
    }

    /// As the building's clocks show it, without the offset: `2024-12-27 01:00:00`.
    func clockText(_ time: Timestamp) -> String { parts(time, separator: " ").clock }

    private func parts(_ time: Timestamp, separator: String) -> (clock: String, fraction: Int, offset: Int) {
        let milliseconds = time.millisecondsSince1970
        let seconds = Self.floorDivided(milliseconds, by: 1000)
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        let local = seconds + Int64(offset)
        let day = Self.floorDivided(local, by: 86_400)
        let second = Int(local - day * 86_400)
        let (year, month, dayOfMonth) = Self.date(daysSince1970: Int(day))
        var text = Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(dayOfMonth, 2)
        text += separator + Self.padded(second / 3600, 2) + ":" + Self.padded(second / 60 % 60, 2)
        text += ":" + Self.padded(second % 60, 2)
        return (text, Int(milliseconds - seconds * 1000), offset)
    }

    private static func floorDivided(_ value: Int64, by divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The Gregorian date, by the algorithm `civil_from_days` of Howard Hinnant's “chrono-Compatible Low-Level Date
    /// Algorithms”: years begin in March, eras have 400 years.
    private static func date(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
