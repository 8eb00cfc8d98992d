package import Building
package import Foundation

/// Times as people and devices write them.
package enum CalendarTime {
    /// Parses a time in ISO 8601: `2024-12-27T00:00:00.25+01:00`, with `T` or a space, optional seconds and fraction,
    /// and an offset of `Z`, `+01`, `+0100` or `+01:00`. Without an offset it is in `timeZone`; a local time skipped by
    /// a daylight-saving change is the moment it would have been without the change.
    ///
    /// - Returns: `nil` if `text` is not a valid time or not within `Timestamp.representable`.
    package static func parse(_ text: some StringProtocol, in timeZone: TimeZone) -> Timestamp? {
        guard let (local, offsetMinutes) = parts(of: text.utf8) else { return nil }
        let seconds = offsetMinutes.map { $0 * 60 } ?? offset(ofLocal: local, in: timeZone)
        let time = Timestamp(millisecondsSince1970: local - Int64(seconds) * 1000)
        return Timestamp.representable.contains(time) ? time : nil
    }

    /// Returns the parts of a time, for callers that resolve local times themselves: the local time in milliseconds
    /// since 1970 as if it were UTC, and the minutes east of UTC if given.
    ///
    /// - Parameter text: UTF-8 in the form that `parse` reads.
    /// - Returns: `nil` if `text` is not a valid time.
    package static func parts(of text: some Sequence<UInt8>) -> (localMilliseconds: Int64, offsetMinutes: Int?)? {
        var scanner = Scanner(text)
        guard let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2), scanner.skip("-"),
            let day = scanner.digits(2), (1...12).contains(month), (1...daysIn(month: month, year: year)).contains(day)
        else { return nil }
        var milliseconds = Int64(daysSince1970(year: year, month: month, day: day)) * 86_400_000
        var offsetMinutes: Int?
        if !scanner.isAtEnd {
            guard scanner.skip("T") || scanner.skip(" ") || scanner.skip("t"), let hour = scanner.digits(2),
                scanner.skip(":"), let minute = scanner.digits(2), hour < 24, minute < 60
            else { return nil }
            milliseconds += Int64(hour * 60 + minute) * 60_000
            if scanner.skip(":") {
                guard let second = scanner.digits(2), second < 60 else { return nil }
                milliseconds += Int64(second) * 1000
                if scanner.skip(".") || scanner.skip(",") {
                    guard let fraction = scanner.milliseconds() else { return nil }
                    milliseconds += Int64(fraction)
                }
            }
            guard scanner.isAtEnd || scanner.offset(into: &offsetMinutes), scanner.isAtEnd else { return nil }
        }
        return (milliseconds, offsetMinutes)
    }

    /// Returns the time in ISO 8601: `2024-12-27T00:00:00+01:00`, with milliseconds only if they are not zero. A moment
    /// outside `Timestamp.representable` is shown as the nearest bound.
    package static func text(_ time: Timestamp, in timeZone: TimeZone) -> String {
        let time = min(max(time, Timestamp.representable.lowerBound), Timestamp.representable.upperBound)
        let date = Date(timeIntervalSince1970: time.secondsSince1970)
        let hasFraction = time.millisecondsSince1970 % 1000 != 0
        return date.formatted(
            Date.ISO8601FormatStyle(
                timeZoneSeparator: .colon, includingFractionalSeconds: hasFraction, timeZone: timeZone))
    }

    /// Returns the seconds east of UTC at a local time, given in milliseconds since 1970 as if it were UTC.
    private static func offset(ofLocal milliseconds: Int64, in timeZone: TimeZone) -> Int {
        let local = Double(milliseconds) / 1000
        func offset(_ seconds: Int) -> Int {
            timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: local - Double(seconds)))
        }
        // Guess from the offset a day before, corrected by the one in force at the guessed moment. Of the two moments
        // of a repeated hour, this takes the earlier.
        let before = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: local - 86_400))
        let at = offset(before)
        return offset(at) == at ? (offset(before) == before ? before : at) : before
    }

    private static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Returns the days since 1970-01-01 in the Gregorian calendar (H. Hinnant, “chrono-Compatible Low-Level Date
    /// Algorithms”).
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// A scanner for the digits and signs of a time.
private struct Scanner {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) { rest = Array(bytes)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        guard rest.count >= count else { return nil }
        var value = 0
        for byte in rest.prefix(count) {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        rest.removeFirst(count)
        return value
    }

    /// Scans one or more digits of a fraction of a second, truncated to milliseconds.
    mutating func milliseconds() -> Int? {
        var value = 0
        var count = 0
        while let byte = rest.first, byte >= 0x30, byte <= 0x39 {
            if count < 3 { value = value * 10 + Int(byte - 0x30) }
            count += 1
            rest.removeFirst()
        }
        guard count > 0 else { return nil }
        for _ in min(count, 3)..<3 { value *= 10 }
        return value
    }

    mutating func offset(into minutes: inout Int?) -> Bool {
        if skip("Z") || skip("z") {
            minutes = 0
            return true
        }
        let sign: Int
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return false }
        guard let hours = digits(2), hours <= 15 else { return false }
        var value = hours * 60
        if !isAtEnd {
            _ = skip(":")
            guard let part = digits(2), part < 60 else { return false }
            value += part
        }
        minutes = sign * value
        return true
    }
}
