package import Building
package import Foundation

/// Formats times as ISO 8601 in a building's time zone: `2024-12-27T01:00:00+01:00`, with milliseconds unless they are
/// zero.
package struct ISO8601Writer: Sendable {
    private let zone: TimeZone

    /// Creates a writer for a named time zone.
    ///
    /// - Parameter zone: An IANA name. An unknown name counts as UTC: a wrong name must not hide the readings.
    package init(zone: String) {
        self.zone = TimeZone(identifier: zone) ?? .gmt
    }

    /// Creates a writer for `zone`.
    package init(zone: TimeZone) { self.zone = zone }

    /// Returns the time with its offset: `2024-12-27T01:00:00+01:00`.
    package func text(_ time: Timestamp) -> String {
        let (clock, fraction, offset) = clock(time)
        return String(unsafeUninitializedCapacity: 48) { buffer in
            var text = Digits(buffer)
            text.write(clock, separator: "T")
            if fraction != 0 {
                text.write(".")
                text.write(fraction, width: 3)
            }
            text.write(offset < 0 ? "-" : "+")
            text.write(abs(offset) / 3600, width: 2)
            text.write(":")
            text.write(abs(offset) / 60 % 60, width: 2)
            return text.count
        }
    }

    /// Returns the offset of the building's clocks from UTC: `+01:00`.
    package func offsetText(_ time: Timestamp) -> String { String(text(time).suffix(6)) }

    /// Returns the local time without an offset: `2024-12-27 01:00:00`.
    package func clockText(_ time: Timestamp) -> String {
        let (clock, _, _) = clock(time)
        return String(unsafeUninitializedCapacity: 40) { buffer in
            var text = Digits(buffer)
            text.write(clock, separator: " ")
            return text.count
        }
    }

    /// A local date and time of day.
    private struct Clock {
        var year: Int
        var month: Int
        var day: Int
        var second: Int
    }

    /// A writer of ASCII into a buffer that is long enough.
    private struct Digits {
        private let buffer: UnsafeMutableBufferPointer<UInt8>
        private(set) var count = 0

        init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

        mutating func write(_ character: Unicode.Scalar) {
            buffer[count] = UInt8(ascii: character)
            count += 1
        }

        /// Appends a number with leading zeros.
        ///
        /// - Parameter number: The number, not negative, with at most `width` digits.
        mutating func write(_ number: Int, width: Int) {
            var rest = number
            for place in (count..<count + width).reversed() {
                buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            count += width
        }

        mutating func write(_ clock: Clock, separator: Unicode.Scalar) {
            if 0...9999 ~= clock.year {
                write(clock.year, width: 4)
            } else {
                for character in String(clock.year).unicodeScalars { write(character) }
            }
            write("-")
            write(clock.month, width: 2)
            write("-")
            write(clock.day, width: 2)
            write(separator)
            write(clock.second / 3600, width: 2)
            write(":")
            write(clock.second / 60 % 60, width: 2)
            write(":")
            write(clock.second % 60, width: 2)
        }
    }

    /// Returns the local time, its milliseconds, and the zone's offset from UTC in seconds.
    private func clock(_ time: Timestamp) -> (clock: Clock, fraction: Int, offset: Int) {
        let milliseconds = time.millisecondsSince1970
        let seconds = Self.floorDivided(milliseconds, by: 1000)
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        let local = seconds + Int64(offset)
        let days = Self.floorDivided(local, by: 86_400)
        let (year, month, day) = Self.date(daysSince1970: Int(days))
        let clock = Clock(year: year, month: month, day: day, second: Int(local - days * 86_400))
        return (clock, Int(milliseconds - seconds * 1000), offset)
    }

    private static func floorDivided(_ value: Int64, by divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// Returns the Gregorian date, by the algorithm `civil_from_days` of Howard Hinnant's “chrono-Compatible Low-Level
    /// Date Algorithms”: years begin in March, eras have 400 years.
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
