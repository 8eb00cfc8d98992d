internal import Building

extension TimeReader {
    /// What a day alone, and a morning, mean as an end.
    private static let dayEndHour = 12
    private static let morningHour = 8
    private static let nightHour = 22

    private static let untilWords: Set<String> = ["until", "till", "til", "bis"]
    /// Ends that come when they come: `until I leave`, `bis auf Weiteres`.
    private static let openEnds: Set<String> = [
        "further", "notice", "leave", "leaving", "stay", "checkout", "departure", "change", "say", "again",
        "weiteres", "aufenthalts", "aufenthaltes", "abreise", "abreisen", "gehe", "aendere", "sage",
    ]

    var announcesEnd: Bool {
        guard !tokens.has(Self.openEnds) else { return false }
        if let index = tokens.indices(of: Self.untilWords).first, index + 1 < tokens.tokens.count { return true }
        return tokens.indices(of: ["for", "fuer"]).contains { span(at: $0 + 1) != nil }
    }

    func end() -> Timestamp? {
        if let index = tokens.indices(of: Self.untilWords).first {
            let rest = TimeReader(tokens: tokens.dropping(before: index + 1), now: now, calendar: calendar)
            if let end = rest.endMoment(), end > now { return end }
        }
        return duration()
    }

    /// `for two hours`, `für eine Stunde`, `2 Stunden lang`, `for the night`.
    private func duration() -> Timestamp? {
        for index in tokens.tokens.indices {
            guard let (seconds, end) = span(at: index), seconds >= 60, seconds <= 366 * 86_400 else { continue }
            let isAnnounced = index > 0 && ["for", "fuer", "next", "naechsten"].contains(tokens.word(index - 1) ?? "")
            let isLong = tokens.word(end) == "lang"
            if isAnnounced || isLong || tokens.word(index) == "couple" { return now.advanced(by: .seconds(seconds)) }
        }
        let isOvernight =
            tokens.has(["overnight"])
            || ["ueber nacht", "for the night", "fuer die nacht"].contains { tokens.has(phrase: $0) }
        return isOvernight ? next(WallTime(today, hour: Self.morningHour)) : nil
    }

    /// The moment itself, or the same time tomorrow where it has passed today.
    private func next(_ time: WallTime) -> Timestamp {
        let moment = calendar.moment(time)
        return moment > now ? moment : calendar.moment(WallTime(time.date.adding(days: 1), second: time.second))
    }

    /// The sentence from behind “until” on.
    private func endMoment() -> Timestamp? {
        let day = tokens.tokens.indices.lazy.compactMap { self.day(at: $0, future: true) }.first?.date
        let part = part()?.part
        if let clock = endClock()?.within(part) {
            if let day { return calendar.moment(WallTime(day, second: clock.second)) }
            let first = next(WallTime(today, second: clock.second))
            guard clock.isOpen, clock.hour <= 12 else { return first }
            let other = next(WallTime(today, second: (clock.second + 43_200) % 86_400))
            return min(first, other)
        }
        let hour: Int? =
            switch part {
            case .morning?, .forenoon?: Self.morningHour
            case .noon?: Self.dayEndHour
            case .afternoon?: DayPart.afternoon.hours.to
            case .evening?: day == nil || day == today ? DayPart.evening.hours.to : DayPart.evening.hours.from
            case .night?: Self.nightHour
            case nil: nil
            }
        if let day { return calendar.moment(WallTime(day, hour: hour ?? Self.dayEndHour)) }
        return hour.map { next(WallTime(today, hour: $0)) }
    }

    private func endClock() -> Clock? {
        for index in tokens.tokens.indices {
            // The “20” of “20 November” is no hour.
            if let (_, end) = day(at: index, future: true), end > index + 1 { return nil }
            if let (clock, _) = clock(at: index) { return clock }
        }
        return nil
    }
}
