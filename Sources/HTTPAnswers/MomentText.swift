public import Building
public import Foundation

/// Times as people and programs write them.
public enum MomentText {
    /// Reads ISO 8601 (`2026-12-24T11:00`, with or without seconds, fractions and offset, a space in place of the `T`)
    /// or whole Unix seconds.
    ///
    /// - Parameter zone: where a time without an offset is meant. A time that the clocks skip there counts as if they
    ///   had not been set yet; of one that they show twice the first is meant.
    /// - Returns: `nil` where `text` is no such thing, or outside of `Timestamp.representable`.
    public static func parse(_ text: String, zone: TimeZone) -> Timestamp? {
        let moment: Timestamp
        if let seconds = QueryParameters.integer(text) {
            guard seconds < 10_000_000_000 else { return nil }
            moment = Timestamp(millisecondsSince1970: Int64(seconds) * 1000)
        } else {
            let pattern =
                #/(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:(Z)|([+-])(\d\d):?(\d\d))?/#
            guard let match = text.wholeMatch(of: pattern)?.output else { return nil }
            var calendar = Calendar(identifier: .gregorian)
            if match.8 != nil {
                calendar.timeZone = .gmt
            } else if let sign = match.9, let hours = match.10.flatMap({ Int($0) }),
                let minutes = match.11.flatMap({ Int($0) })
            {
                guard hours < 15, minutes < 60,
                    let offset = TimeZone(secondsFromGMT: (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60))
                else { return nil }
                calendar.timeZone = offset
            } else {
                calendar.timeZone = zone
            }
            let parts = DateComponents(
                year: Int(match.1), month: Int(match.2), day: Int(match.3), hour: Int(match.4),
                minute: Int(match.5), second: match.6.flatMap { Int($0) } ?? 0)
            guard (1...12).contains(parts.month!), (1...31).contains(parts.day!), parts.hour! < 24,
                parts.minute! < 60, parts.second! < 60, let date = calendar.date(from: parts)
            else { return nil }
            // 30 February would become a day in March.
            var utc = Calendar(identifier: .gregorian)
            utc.timeZone = .gmt
            let day = DateComponents(year: parts.year, month: parts.month, day: parts.day)
            guard utc.date(from: day).map({ utc.component(.day, from: $0) }) == parts.day else { return nil }
            let fraction = match.7.flatMap { Double("0.\($0)") } ?? 0
            moment = Timestamp(
                millisecondsSince1970: Int64(date.timeIntervalSince1970) * 1000 + Int64(fraction * 1000))
        }
        return Timestamp.representable.contains(moment) ? moment : nil
    }
}
