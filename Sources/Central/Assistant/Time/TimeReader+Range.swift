internal import Building
internal import CivilTime

extension TimeReader {
    func range() -> Range<Timestamp>? {
        since() ?? lastSpan() ?? ago() ?? dateToDate() ?? dayAndTime() ?? longPeriod() ?? bareSpan()
    }

    /// `since yesterday`, `seit 6 Uhr`, `seit zwei Stunden`: from then to now.
    private func since() -> Range<Timestamp>? {
        guard let index = tokens.indices(of: ["since", "seit"]).first else { return nil }
        if let seconds = span(at: index + 1)?.seconds { return rolling(seconds: seconds) }
        let rest = TimeReader(tokens: tokens.dropping(before: index + 1), now: now, calendar: calendar)
        if let range = rest.range() {
            // Around a clock time the range begins a quarter of an hour before it.
            let isClock = rest.interval(part: nil) == nil && rest.singleClock(part: nil) != nil
            let start = isClock ? range.lowerBound.advanced(by: .seconds(900)) : range.lowerBound
            return start < now ? start..<now : range
        }
        guard let (clock, _) = clock(at: index + 1) else { return nil }
        let start = lastOccurrence(of: clock.within(part()?.part))
        return start < now ? start..<now : nil
    }

    /// A number of units at `index`: `24 hours`, `half an hour`, `a couple of days`, `an hour and a half`.
    func span(at index: Int) -> (seconds: Double, end: Int)? {
        var index = index
        if tokens.word(index) == "a" || tokens.word(index) == "ein",
            tokens.word(index + 1) == "couple"
                || tokens.word(index + 1) == "few" || tokens.word(index + 1) == "paar"
        {
            index += 1
        }
        guard var count = tokens.number(index) ?? tokens.word(index).flatMap({ NumberWords.values[$0] }) else {
            return nil
        }
        var unitIndex = index + 1
        if tokens.tokens.indices.contains(unitIndex), tokens.tokens[unitIndex] == .dash { unitIndex += 1 }
        if let seconds = SpanUnit.fractions[tokens.word(unitIndex) ?? ""] { return (count * seconds, unitIndex + 1) }
        // “One and a half hours”
        if tokens.has(Self.andAHalf, at: unitIndex) {
            count += 0.5
            unitIndex += Self.andAHalf.count
        } else if tokens.word(unitIndex) == "quarter", count == 1 {
            count = 0.25
            unitIndex += 1
        }
        while let word = tokens.word(unitIndex), ["a", "an", "of"].contains(word) { unitIndex += 1 }
        guard let unit = SpanUnit(tokens.word(unitIndex)) else { return nil }
        guard tokens.has(Self.andAHalf, at: unitIndex + 1) else { return (count * unit.seconds, unitIndex + 1) }
        return ((count + 0.5) * unit.seconds, unitIndex + 1 + Self.andAHalf.count)
    }

    private static let andAHalf = ["and", "a", "half"]

    /// `last 24 hours`, `last week`, `in den letzten drei Tagen`.
    private func lastSpan() -> Range<Timestamp>? {
        for index in tokens.indices(of: Self.lastWords) {
            if let seconds = span(at: index + 1)?.seconds { return rolling(seconds: seconds) }
            guard let unit = SpanUnit(tokens.word(index + 1)) else { continue }
            let isRolling = tokens.word(index) == "past"
            switch unit {
            case .week where !isRolling:
                let monday = today.adding(days: -today.weekday.index)
                return days(monday.adding(days: -7), monday)
            case .month where !isRolling: return days(today.firstOfMonth(adding: -1), today.firstOfMonth())
            case .year where !isRolling:
                let year = today.parts.year
                guard let first = CivilDate(year: year - 1, month: 1, day: 1),
                    let end = CivilDate(year: year, month: 1, day: 1)
                else { return nil }
                return days(first, end)
            default: return rolling(seconds: unit.seconds)
            }
        }
        return nil
    }

    /// `2 hours ago`, `vor 3 Tagen`: around that moment, or that whole day.
    private func ago() -> Range<Timestamp>? {
        for index in tokens.tokens.indices {
            guard let (seconds, end) = span(at: index) else { continue }
            guard tokens.word(end) == "ago" || (index > 0 && tokens.word(index - 1) == "vor") else { continue }
            guard seconds <= Self.longestSpan else { continue }
            guard seconds >= 86_400 else { return around(now.advanced(by: .seconds(-seconds))) }
            let day = today.adding(days: -Int(seconds / 86_400))
            return days(day, day.adding(days: 1))
        }
        return nil
    }

    /// `from 2026-11-01 to 2026-11-10`, `vom 1. bis 10. November`: both days whole.
    private func dateToDate() -> Range<Timestamp>? {
        for middle in tokens.tokens.indices.dropFirst() {
            let isBetween = tokens.tokens[middle] == .dash || Self.endWords.contains(tokens.word(middle) ?? "")
            guard isBetween else { continue }
            let next = tokens.word(middle + 1) == "zum" ? middle + 2 : middle + 1
            guard let (last, _) = day(at: next) else { continue }
            // A time before the “to” makes it an interval within days.
            let first = (0..<middle).compactMap { day(at: $0) }.last { $0.end == middle }?.date ?? bareDay(middle, last)
            guard let first, first <= last else { continue }
            return days(first, last.adding(days: 1))
        }
        return nil
    }

    static let endWords: Set<String> = ["to", "till", "until", "til", "through", "bis", "and", "und"]

    /// The “1.” of “vom 1. bis 10. November”.
    private func bareDay(_ middle: Int, _ last: CivilDate) -> CivilDate? {
        guard middle >= 2, ["from", "vom", "between", "zwischen"].contains(tokens.word(middle - 2) ?? ""),
            let number = tokens.number(middle - 1), let day = Int(exactly: number)
        else { return nil }
        return CivilDate(year: last.parts.year, month: last.parts.month, day: day)
    }

    /// A day, a part of it, times in it, or any of these.
    private func dayAndTime() -> Range<Timestamp>? {
        let day = firstDay()
        let part = part()
        if let interval = interval(part: part?.part) {
            return resolved(interval, day: day?.date, part: part?.part)
        }
        if let clock = singleClock(part: part?.part) {
            let anchor = day?.date ?? anchored(part, clock: clock)
            guard let anchor else { return around(lastOccurrence(of: clock)) }
            let date = part?.part == .night && clock.hour < 12 && !isNamedDay(day) ? anchor.adding(days: 1) : anchor
            return around(calendar.moment(WallTime(date, second: clock.second)))
        }
        if let part {
            let date = day.map { nightDay($0.date, $0.index, part.part) } ?? defaultDay(part.part, part.index)
            let hours = part.part.hours
            return clamped(WallTime(date, hour: hours.from), end(date, hours.to))
        }
        guard let day else { return nil }
        return days(day.date, day.date.adding(days: 1))
    }

    private func end(_ date: CivilDate, _ hour: Int) -> WallTime {
        hour > 24 ? WallTime(date.adding(days: 1), hour: hour - 24) : WallTime(date, hour: hour)
    }

    private func isNamedDay(_ day: (date: CivilDate, index: Int, end: Int)?) -> Bool {
        day.map { $0.date == today } ?? false
    }

    private func anchored(_ part: (part: DayPart, index: Int)?, clock: Clock) -> CivilDate? {
        guard let part, part.part == .night || isLast(part.index) else { return nil }
        return defaultDay(part.part, part.index)
    }

    private func isLast(_ index: Int) -> Bool { index > 0 && Self.lastWords.contains(tokens.word(index - 1) ?? "") }

    /// The day of a part of the day that stands alone: `in the evening`, `last night`.
    private func defaultDay(_ part: DayPart, _ index: Int) -> CivilDate {
        if part == .night {
            let isTonight = tokens.word(index) == "tonight" && wallNow.second >= 43_200
            return isTonight ? today : today.adding(days: -1)
        }
        if isLast(index) { return today.adding(days: -1) }
        let isThis = index > 0 && ["this", "diesen", "heutigen"].contains(tokens.word(index - 1) ?? "")
        let hasBegun = wallNow.second > part.hours.from * 3600
        return hasBegun || isThis ? today : today.adding(days: -1)
    }

    /// “heute Nacht” is the night that ends today, until the next one begins; “die Nacht auf Montag” ends on Monday.
    private func nightDay(_ date: CivilDate, _ index: Int, _ part: DayPart) -> CivilDate {
        guard part == .night else { return date }
        if index > 1, DayPart(tokens.word(index - 2)) == .night,
            ["auf", "zum", "zu", "to"].contains(tokens.word(index - 1) ?? "")
        {
            return date.adding(days: -1)
        }
        return date == today && wallNow.second < 79_200 ? date.adding(days: -1) : date
    }

    private struct Interval {
        var start: Clock
        var end: Clock
    }

    /// `between 22 and 6`, `von 8 bis 12 Uhr`, `10 pm – 6 am`.
    private func interval(part: DayPart?) -> Interval? {
        let opening: Set<String> = ["between", "zwischen", "from", "von", "vom"]
        for index in tokens.tokens.indices {
            guard var (start, middle) = clock(at: index) else { continue }
            let isJoined =
                tokens.tokens.indices.contains(middle) && tokens.tokens[middle] == .dash
                || Self.endWords.contains(tokens.word(middle) ?? "")
            guard isJoined, var (end, _) = clock(at: middle + 1) else { continue }
            let isOpened = index > 0 && opening.contains(tokens.word(index - 1) ?? "")
            guard isOpened || start.isDefinite || end.isDefinite else { continue }
            if start.isOpen, end.isFixed, !start.isFixed {
                // “8 to 10 pm”: both in the evening, unless that turns them round.
                middle = start.hour % 12 + (end.hour >= 12 ? 12 : 0)
                if middle * 60 + start.minute < end.hour * 60 + end.minute { start.hour = middle }
            }
            start = start.within(part)
            end = end.within(part)
            return Interval(start: start, end: end)
        }
        return nil
    }

    private func resolved(_ interval: Interval, day: CivilDate?, part: DayPart?) -> Range<Timestamp>? {
        var date: CivilDate
        if let day {
            date = day
            if part == .night, interval.start.hour < 12, day != today { date = date.adding(days: 1) }
            if part == .night, interval.start.hour >= 12, day == today, wallNow.second < 79_200 {
                date = date.adding(days: -1)
            }
        } else if part == .night {
            date = interval.start.hour < 12 ? today : today.adding(days: -1)
        } else {
            let start = calendar.moment(WallTime(today, second: interval.start.second))
            date = start < now ? today : today.adding(days: -1)
        }
        let endsNextDay = interval.end.second <= interval.start.second
        return clamped(
            WallTime(date, second: interval.start.second),
            WallTime(endsNextDay ? date.adding(days: 1) : date, second: interval.end.second))
    }

    /// `at 7`, `um 3 Uhr`.
    private func singleClock(part: DayPart?) -> Clock? {
        for index in tokens.tokens.indices {
            guard let (clock, _) = clock(at: index), tokens.word(index) != "mittag" else { continue }
            let isAnnounced = index > 0 && ["at", "um", "gegen", "around"].contains(tokens.word(index - 1) ?? "")
            guard clock.isDefinite || isAnnounced, day(at: index) == nil else { continue }
            return clock.within(part)
        }
        return nil
    }

    func lastOccurrence(of clock: Clock) -> Timestamp {
        let moment = calendar.moment(WallTime(today, second: clock.second))
        return moment <= now ? moment : calendar.moment(WallTime(today.adding(days: -1), second: clock.second))
    }

    /// Weeks, weekends, months and years of the calendar.
    private func longPeriod() -> Range<Timestamp>? {
        if let index = tokens.indices(of: ["weekend", "wochenende"]).first {
            let isEarlier = isLast(index) && today.weekday.index >= 5
            let saturday = today.adding(days: -((today.weekday.index + 2) % 7) - (isEarlier ? 7 : 0))
            return days(saturday, saturday.adding(days: 2))
        }
        for index in tokens.indices(of: ["this", "diese", "diesen", "dieser", "diesem", "dieses", "laufenden"]) {
            switch SpanUnit(tokens.word(index + 1)) {
            case .week:
                let monday = today.adding(days: -today.weekday.index)
                return days(monday, monday.adding(days: 7))
            case .month: return days(today.firstOfMonth(), today.firstOfMonth(adding: 1))
            case .year:
                let year = today.parts.year
                return CivilDate(year: year, month: 1, day: 1).flatMap { days($0, $0.firstOfMonth(adding: 12)) }
            default: continue
            }
        }
        for index in tokens.tokens.indices {
            guard let word = tokens.word(index), let month = Months.numbers[word], index > 0,
                let before = tokens.word(index - 1),
                ["in", "im", "of", "for", "during", "fuer", "vom", "last", "letzten"].contains(before)
            else { continue }
            let (thisYear, thisMonth, _) = today.parts
            let year = year(at: index + 1) ?? (month <= thisMonth ? thisYear : thisYear - 1)
            return CivilDate(year: year, month: month, day: 1).flatMap { days($0, $0.firstOfMonth(adding: 1)) }
        }
        return nil
    }

    /// `over 24 hours`
    private func bareSpan() -> Range<Timestamp>? {
        tokens.tokens.indices.lazy.compactMap { span(at: $0)?.seconds }.first.flatMap { rolling(seconds: $0) }
    }
}
