internal import Building
internal import CivilTime

/// Days and clock times, wherever they stand in a sentence.
extension TimeReader {
    struct Clock: Equatable {
        /// 0...24
        var hour: Int
        var minute: Int
        /// Said by more than a bare number.
        var isDefinite: Bool
        /// Said with am, pm or a word such as midnight: no part of the day shifts it.
        var isFixed: Bool
        /// Without am, pm and “Uhr”: it may be either half of the day.
        var isOpen: Bool

        var second: Int { hour * 3600 + minute * 60 }

        /// Returns the time that is meant in a part of the day: 8 in the evening is 20:00.
        func within(_ part: DayPart?) -> Clock {
            guard let part, !isFixed else { return self }
            var clock = self
            switch part {
            case .afternoon, .evening: if hour < 12 { clock.hour += 12 }
            case .noon: if hour < 6 { clock.hour += 12 }
            case .night:
                if (6..<12).contains(hour) { clock.hour += 12 }
                if hour == 12 { clock.hour = 24 }
            case .morning, .forenoon: break
            }
            clock.isOpen = false
            return clock
        }
    }

    func clock(at index: Int) -> (clock: Clock, end: Int)? {
        guard tokens.tokens.indices.contains(index) else { return nil }
        switch tokens.tokens[index] {
        case .clock(let hour, let minute): return completed(hour, minute, isDefinite: true, after: index)
        case .number(let number, _):
            guard let hour = Int(exactly: number), (0...24).contains(hour), !isQuantity(index) else { return nil }
            return completed(hour, 0, isDefinite: false, after: index)
        case .word("midnight"), .word("mitternacht"): return (Self.fixed(24), index + 1)
        case .word("noon"), .word("mittag"), .word("midday"): return (Self.fixed(12), index + 1)
        case .word("halb"):
            guard let number = tokens.number(index + 1), let hour = Int(exactly: number), (1...12).contains(hour) else {
                return nil
            }
            return completed(hour - 1, 30, isDefinite: true, after: index + 1)
        default: return nil
        }
    }

    /// `22 °C`, `50 percent`
    private func isQuantity(_ index: Int) -> Bool {
        guard tokens.tokens.indices.contains(index + 1) else { return false }
        let units: Set<String> = [
            "grad", "degrees", "degree", "celsius", "c", "percent", "prozent", "ppm", "kwh", "kw",
        ]
        return tokens.tokens[index + 1] == .degree || units.contains(tokens.word(index + 1) ?? "")
    }

    private static func fixed(_ hour: Int, _ minute: Int = 0) -> Clock {
        Clock(hour: hour, minute: minute, isDefinite: true, isFixed: true, isOpen: false)
    }

    private func completed(
        _ hour: Int, _ minute: Int, isDefinite: Bool, after index: Int
    ) -> (clock: Clock, end: Int) {
        var clock = Clock(
            hour: hour, minute: minute, isDefinite: isDefinite, isFixed: false, isOpen: (1...12).contains(hour))
        var end = index + 1
        switch tokens.word(end) {
        case "am" where tokens.isMeridiem(am: end):
            clock = Self.fixed(hour == 12 ? 0 : hour, minute)
            end += 1
        case "a" where tokens.word(end + 1) == "m":
            clock = Self.fixed(hour == 12 ? 0 : hour, minute)
            end += 2
        case "pm":
            clock = Self.fixed(hour < 12 ? hour + 12 : hour, minute)
            end += 1
        case "p" where tokens.word(end + 1) == "m":
            clock = Self.fixed(hour < 12 ? hour + 12 : hour, minute)
            end += 2
        case "uhr":
            (clock.isDefinite, clock.isOpen) = (true, false)
            end += 1
            // “Bis 18 Uhr 22 Grad” is no 18:22.
            if minute == 0, let more = tokens.number(end).flatMap({ Int(exactly: $0) }), (1..<60).contains(more),
                !isQuantity(end)
            {
                clock.minute = more
                end += 1
            }
        case "oclock":
            clock.isDefinite = true
            end += 1
        default: break
        }
        return (clock, end)
    }

    /// A day at `index`: a date, a weekday, `yesterday`.
    ///
    /// - Parameter future: whether a day without year means the next one; else the last one.
    func day(at index: Int, future: Bool = false) -> (date: CivilDate, end: Int)? {
        guard tokens.tokens.indices.contains(index) else { return nil }
        switch tokens.tokens[index] {
        case .date(let year, let month, let day):
            return dated(year, month, day, future).map { ($0, index + 1) }
        case .number(let number, _):
            guard let day = Int(exactly: number) else { return nil }
            let name = tokens.word(index + 1) == "of" ? index + 2 : index + 1
            guard let month = tokens.word(name).flatMap({ Months.numbers[$0] }) else { return nil }
            let year = year(at: name + 1)
            return dated(year, month, day, future).map { ($0, year == nil ? name + 1 : name + 2) }
        case .word(let word):
            if let month = Months.numbers[word], let day = tokens.number(index + 1).flatMap({ Int(exactly: $0) }),
                (1...31).contains(day), SpanUnit(tokens.word(index + 2)) == nil
            {
                let year = year(at: index + 2)
                return dated(year, month, day, future).map { ($0, year == nil ? index + 2 : index + 3) }
            }
            return named(word, at: index, future: future)
        default: return nil
        }
    }

    func year(at index: Int) -> Int? {
        tokens.number(index).flatMap { Int(exactly: $0) }.flatMap { (1970...2200).contains($0) ? $0 : nil }
    }

    /// Those that anybody speaks of.
    private static let years = 1970...2200

    private func dated(_ year: Int?, _ month: Int, _ day: Int, _ future: Bool) -> CivilDate? {
        if let year { return Self.years.contains(year) ? CivilDate(year: year, month: month, day: day) : nil }
        let thisYear = today.parts.year
        // The 29th of February is up to eight years away.
        let years = future ? Array(thisYear...thisYear + 8) : (thisYear - 8...thisYear).reversed()
        return years.lazy.compactMap { CivilDate(year: $0, month: month, day: day) }
            .first { future ? $0 >= today : $0 <= today }
    }

    private func named(_ word: String, at index: Int, future: Bool) -> (date: CivilDate, end: Int)? {
        switch word {
        case "today", "heute", "heutige", "heutigen": return (today, index + 1)
        case "yesterday", "yesterdays", "gestern", "gestrige", "gestrigen": return (today.adding(days: -1), index + 1)
        case "vorgestern": return (today.adding(days: -2), index + 1)
        case "day" where tokens.word(index + 1) == "before" && tokens.word(index + 2) == "yesterday":
            return (today.adding(days: -2), index + 3)
        case "tomorrow": return (today.adding(days: 1), index + 1)
        case "uebermorgen": return (today.adding(days: 2), index + 1)
        case "morgen" where !isMorning(index): return (today.adding(days: 1), index + 1)
        default:
            guard let weekday = WeekdayWords.numbers[word] else { return nil }
            if future { return (today.adding(days: (weekday - today.weekday.index + 6) % 7 + 1), index + 1) }
            let back = (today.weekday.index - weekday + 7) % 7
            let isEarlier = index > 0 && Self.lastWords.contains(tokens.word(index - 1) ?? "")
            return (today.adding(days: back == 0 && isEarlier ? -7 : -back), index + 1)
        }
    }

    static let lastWords: Set<String> = [
        "last", "past", "previous", "letzte", "letzten", "letzter", "letztes", "letztem", "vergangene", "vergangenen",
        "vergangener", "vorige", "vorigen", "voriger",
    ]

    /// German “morgen” is the morning after a day or an article, else tomorrow.
    func isMorning(_ index: Int) -> Bool {
        guard index > 0, let before = tokens.word(index - 1) else { return false }
        return ["heute", "gestern", "vorgestern", "am", "jeden", "diesen", "den"].contains(before)
            || WeekdayWords.numbers[before] != nil
    }

    /// The first part of a day that the sentence names, and where.
    func part() -> (part: DayPart, index: Int)? {
        tokens.tokens.indices.lazy.compactMap { index in part(at: index).map { ($0, index) } }.first
    }

    func part(at index: Int) -> DayPart? {
        tokens.word(index) == "morgen" && isMorning(index) ? .morning : DayPart(tokens.word(index))
    }

    func firstDay() -> (date: CivilDate, index: Int, end: Int)? {
        for index in tokens.tokens.indices {
            if let (date, end) = day(at: index) { return (date, index, end) }
        }
        return nil
    }
}

extension WordTokens {
    /// “am” after a number is the morning's, unless a German day follows: “um 10 am Montag”.
    fileprivate func isMeridiem(am index: Int) -> Bool {
        guard let next = word(index + 1) else { return true }
        return !WeekdayWords.germanNames.contains(next)
    }
}
