package import Building

/// Writes times as ISO 8601 in a time zone: `2024-12-27T01:00:00+01:00`, with milliseconds if there are any. The one
/// writer of all interfaces and files.
package struct ISO8601Writer: Sendable {
    private let calendar: LocalCalendar

    package init(_ calendar: LocalCalendar) { self.calendar = calendar }

    package func text(_ time: Timestamp) -> String {
        let (wall, offset) = calendar.reading(time)
        let fraction = time.fraction
        return String(unsafeUninitializedCapacity: 48) { buffer in
            var text = Digits(buffer)
            text.write(wall, separator: "T")
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

    /// Returns a time in UTC to the second, `2023-02-28T23:45:00Z`, or to the millisecond, `2023-02-28T23:45:00.000Z`.
    package static func utcText(_ time: Timestamp, milliseconds: Bool = false) -> String {
        let (wall, _) = LocalCalendar.utc.reading(time)
        return String(unsafeUninitializedCapacity: 48) { buffer in
            var text = Digits(buffer)
            text.write(wall, separator: "T")
            if milliseconds {
                text.write(".")
                text.write(time.fraction, width: 3)
            }
            text.write("Z")
            return text.count
        }
    }

    /// By how much the building's clocks are ahead of UTC: `+01:00`.
    package func offsetText(_ time: Timestamp) -> String { String(text(time).suffix(6)) }

    /// As the building's clocks show it, without the offset: `2024-12-27 01:00:00`.
    package func clockText(_ time: Timestamp) -> String {
        let wall = calendar.wall(time)
        return String(unsafeUninitializedCapacity: 40) { buffer in
            var text = Digits(buffer)
            text.write(wall, separator: " ")
            return text.count
        }
    }

    /// ASCII in a buffer that is long enough.
    private struct Digits {
        private let buffer: UnsafeMutableBufferPointer<UInt8>
        private(set) var count = 0

        init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

        mutating func write(_ character: Unicode.Scalar) {
            buffer[count] = UInt8(ascii: character)
            count += 1
        }

        /// - Parameter number: not negative, with at most `width` digits.
        mutating func write(_ number: Int, width: Int) {
            var rest = number
            for place in (count..<count + width).reversed() {
                buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            count += width
        }

        mutating func write(_ wall: WallTime, separator: Unicode.Scalar) {
            let (year, month, day) = wall.date.parts
            if 0...9999 ~= year {
                write(year, width: 4)
            } else {
                for character in String(year).unicodeScalars { write(character) }
            }
            write("-")
            write(month, width: 2)
            write("-")
            write(day, width: 2)
            write(separator)
            write(wall.second / 3600, width: 2)
            write(":")
            write(wall.second / 60 % 60, width: 2)
            write(":")
            write(wall.second % 60, width: 2)
        }
    }
}

extension Timestamp {
    /// The milliseconds of its second, 0…999.
    fileprivate var fraction: Int { Int(millisecondsSince1970 - wholeSecondsSince1970 * 1000) }
}
