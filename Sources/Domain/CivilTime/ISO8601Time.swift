package import Building

/// A time as ISO 8601 writes it: the one reader of all interfaces and files.
///
/// `2024-12-27T00:00:00.25+01:00`, `2024-12-27 00:00`, `2024-12-27`: with `T` or a space; seconds and a fraction are
/// optional; the offset is `Z`, `+01`, `+0100` or `+01:00`, at most 14 hours, or absent; `24:00` is the end of the day.
package struct ISO8601Time: Hashable, Sendable {
    package var wall: WallTime
    /// 0…999; a finer fraction is cut off.
    package var millisecond = 0
    /// The minutes east of UTC; `nil` if the text gives no offset.
    package var offsetMinutes: Int?

    /// The longest text that can be a time, bytes.
    private static let longest = 64

    /// - Returns: `nil` if `text` is not such a time.
    package init?(_ text: some StringProtocol) { self.init(utf8: text.utf8) }

    /// - Returns: `nil` if `text` is not such a time.
    package init?(utf8 text: some Sequence<UInt8>) {
        let text = Array(text.prefix(Self.longest + 1))
        guard text.count <= Self.longest else { return nil }
        var scanner = Scanner(text)
        guard let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2), scanner.skip("-"),
            let day = scanner.digits(2), let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        wall = WallTime(date)
        guard !scanner.isAtEnd else { return }
        guard scanner.skip("T") || scanner.skip(" ") || scanner.skip("t"), let hour = scanner.digits(2),
            scanner.skip(":"), let minute = scanner.digits(2), hour <= 24, minute < 60
        else { return nil }
        var second = 0
        if scanner.skip(":") {
            guard let part = scanner.digits(2), part < 60 else { return nil }
            second = part
            if scanner.skip(".") || scanner.skip(",") {
                guard let fraction = scanner.milliseconds() else { return nil }
                millisecond = fraction
            }
        }
        wall.second = hour * 3600 + minute * 60 + second
        guard wall.second * 1000 + millisecond <= 86_400_000 else { return nil }
        guard scanner.isAtEnd || scanner.offset(into: &offsetMinutes), scanner.isAtEnd else { return nil }
    }

    /// Returns the moment that it means; without an offset, in `calendar`.
    ///
    /// - Returns: `nil` if that is not within `Timestamp.representable`.
    package func moment(in calendar: LocalCalendar) -> Timestamp? {
        let moment: Timestamp
        if let offsetMinutes {
            let second = wall.date.number * 86_400 + wall.second - offsetMinutes * 60
            moment = Timestamp(wholeSecondsSince1970: Int64(second))
        } else {
            moment = calendar.moment(wall)
        }
        return Timestamp(representableMilliseconds: moment.millisecondsSince1970 + Int64(millisecond))
    }
}

/// Walks over the digits and signs of a time.
private struct Scanner {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

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

    /// One or more digits of a fraction of a second; what is finer than a millisecond is cut off.
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
        guard let hours = digits(2) else { return false }
        var value = hours * 60
        if !isAtEnd {
            _ = skip(":")
            guard let part = digits(2), part < 60 else { return false }
            value += part
        }
        // The furthest that any place is ahead of UTC.
        guard value <= 14 * 60 else { return false }
        minutes = sign * value
        return true
    }
}
