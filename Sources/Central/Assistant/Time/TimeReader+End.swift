internal import Building
internal import CivilTime

/// An end that a sentence gives to something that begins now.
struct EndExpression {
    /// `nil`: it never comes by itself, as in “until further notice”.
    var moment: Timestamp?
    /// The tokens that say it, next to one another.
    var range: Range<Int>
}

extension TimeReader {
    /// The hours at which a change ends if only a day, a morning or a night is given.
    private static let dayEndHour = 12
    private static let morningHour = 8
    private static let nightHour = 22

    static let untilWords: Set<String> = ["until", "till", "til", "bis"]
    /// The phrases that mean no end. “Until checkout” is not one of them: the time of checkout is not known here, and a
    /// change must not outlast it.
    private static let openEnds = [
        "until further notice", "till further notice", "bis auf weiteres", "bis auf widerruf", "for my stay",
        "for the stay", "for my whole stay", "for the whole stay", "for my entire stay", "for the entire stay",
        "for the rest of my stay", "fuer den ganzen aufenthalt", "den ganzen aufenthalt", "fuer meinen aufenthalt",
        "fuer meinen ganzen aufenthalt",
    ]
    /// The words that may connect the parts of an end: `until 10 on the next day`.
    private static let endConnectors: Set<String> = [
        "on", "at", "in", "the", "this", "next", "coming", "am", "um", "den", "dem", "der", "zum", "zur", "diesen",
        "naechsten", "kommenden",
    ]
    /// After these a number is a day of the month: `until the 3rd`, `bis zum 3.`
    private static let dayArticles: Set<String> = ["the", "zum", "den", "dem"]
    /// In front of these a number of hours is no end: `in two hours`, `after a couple of hours`.
    private static let startWords: Set<String> = [
        "in", "within", "after", "from", "every", "each", "nach", "ab", "innerhalb", "alle", "seit", "since",
    ]

    func end() -> Timestamp? { endExpression()?.moment }

    /// The first end that is understood, and the tokens that say it: nothing further may be read into them.
    func endExpression() -> EndExpression? {
        for phrase in Self.openEnds {
            if let range = tokens.ranges(of: phrase).first { return EndExpression(moment: nil, range: range) }
        }
        for index in tokens.indices(of: Self.untilWords) {
            if let (moment, end) = endMoment(at: index + 1), moment > now {
                return EndExpression(moment: moment, range: index..<end)
            }
        }
        return duration()
    }

    /// `for two hours`, `für die nächsten zwei Stunden`, `2 Stunden lang`, `for the night`.
    private func duration() -> EndExpression? {
        for index in tokens.tokens.indices {
            guard let (seconds, end) = span(at: index), seconds >= 60, seconds <= 366 * 86_400 else { continue }
            let moment = now.advanced(by: .seconds(seconds))
            var start = index
            if ["next", "naechsten"].contains(tokens.word(start - 1) ?? "") { start -= 1 }
            let isNext = start < index
            if ["the", "die", "den", "a"].contains(tokens.word(start - 1) ?? "") { start -= 1 }
            let before = tokens.word(start - 1) ?? ""
            if ["for", "fuer"].contains(before) { return EndExpression(moment: moment, range: start - 1..<end) }
            if Self.startWords.contains(before) { continue }
            if tokens.word(end) == "lang" { return EndExpression(moment: moment, range: start..<end + 1) }
            if isNext { return EndExpression(moment: moment, range: start..<end) }
        }
        for phrase in ["for the night", "fuer die nacht", "ueber nacht", "overnight"] {
            guard let range = tokens.ranges(of: phrase).first else { continue }
            return EndExpression(moment: next(WallTime(today, hour: Self.morningHour)), range: range)
        }
        return nil
    }

    /// The moment itself, or the same time tomorrow where it has passed today.
    private func next(_ time: WallTime) -> Timestamp {
        let moment = calendar.moment(time)
        return moment > now ? moment : calendar.moment(WallTime(time.date.adding(days: 1), second: time.second))
    }

    /// The day, the part of the day and the time that stand at `index`, each at most once, up to the first word that is
    /// none of these.
    private func endMoment(at index: Int) -> (moment: Timestamp, end: Int)? {
        var day: CivilDate?
        var part: DayPart?
        var clock: Clock?
        var place = index
        var end = index
        while tokens.tokens.indices.contains(place) {
            let isAfterArticle = Self.dayArticles.contains(tokens.word(place - 1) ?? "")
            if day == nil, let found = self.day(at: place, future: true) {
                (day, place) = (found.date, found.end)
                end = place
            } else if part == nil, let found = self.part(at: place) {
                (part, place) = (found, place + 1)
                end = place
            } else if clock == nil, !isOrdinal(place), !(isAfterArticle && tokens.number(place) != nil),
                let found = self.clock(at: place)
            {
                (clock, place) = (found.clock, found.end)
                end = place
            } else if Self.endConnectors.contains(tokens.word(place) ?? "") {
                place += 1
            } else {
                break
            }
        }
        return moment(day, part, clock).map { ($0, end) }
    }

    /// `3rd`, `3.`
    private func isOrdinal(_ index: Int) -> Bool {
        if case .number(_, isOrdinal: true) = tokens.tokens[index] { true } else { false }
    }

    private func moment(_ day: CivilDate?, _ part: DayPart?, _ clock: Clock?) -> Timestamp? {
        if let clock = clock?.within(part) {
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
}
