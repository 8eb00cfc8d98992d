package import Building

/// An ISO 8601 time as someone wrote it: `2026-03-29T22:00:00+02:00`, `2026-03-29T20:00Z`, `2026-03-29 22:00`,
/// `2026-03-29`. Without an offset it is local.
package struct WrittenTime: Hashable, Sendable {
    package var wall: WallTime
    /// Seconds east of Greenwich.
    package var offset: Int?

    package init?(iso8601 text: String) {
        var rest = text.utf8[...]
        func digits(_ count: Int) -> Int? {
            let part = rest.prefix(count)
            guard part.count == count, part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            rest = rest.dropFirst(count)
            return Int(String(decoding: Array(part), as: UTF8.self))
        }
        func take(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        wall = WallTime(date)
        guard !rest.isEmpty else { return }
        guard take("Tt "), let hour = digits(2), hour <= 24, take(":"), let minute = digits(2), minute < 60 else {
            return nil
        }
        var second = 0
        if take(":") {
            guard let seconds = digits(2), seconds <= 60 else { return nil }
            second = min(seconds, 59)
            if take(".,") {
                guard digits(1) != nil else { return nil }
                while digits(1) != nil {}
            }
        }
        wall = WallTime(date, second: hour * 3600 + minute * 60 + second)
        guard wall.second <= 86_400 else { return nil }
        if take("Zz") {
            offset = 0
        } else if let sign = rest.first, take("+-") {
            guard let hours = digits(2), hours <= 14 else { return nil }
            _ = take(":")
            guard let minutes = rest.isEmpty ? 0 : digits(2), minutes < 60 else { return nil }
            offset = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        }
        guard rest.isEmpty else { return nil }
    }

    package func moment(in calendar: LocalCalendar) -> Timestamp {
        guard let offset else { return calendar.moment(wall) }
        return Timestamp(
            millisecondsSince1970: Int64(wall.date.number * 86_400 + wall.second - offset) * 1000)
    }
}
