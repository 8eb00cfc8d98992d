internal import Building

/// Reads the change that a message asks for.
extension IntentReader {
    /// Returns the change if the whole message is understood, or the part to ask about; `nil` if there is no change.
    func change() -> Intent? {
        guard let plain = plainChange() else { return nil }
        // It changes nothing, whatever else the message says.
        if plain.intent == .switchOff { return .switchOff }
        if asksWhether { return .unclear(UnclearPart(kind: .question, words: "")) }
        if let number = ChangeNumbers.odd(in: message) {
            return .unclear(UnclearPart(kind: .number, words: number))
        }
        var reader = ChangeReader(
            message, room: situation.room, now: situation.now, calendar: situation.calendar, harmless: plain.harmless)
        for range in plain.read { reader.read(range) }
        switch (reader.scope(.strict), plain.intent) {
        case (.unclear(let part), _): return .unclear(part)
        case (_, .unknown): return nil
        case (.now, _): return plain.intent
        case (.until(let end), .set(let celsius, _)): return .set(celsius, until: end)
        case (.until(let end), .adjust(let kelvin, _)): return .adjust(kelvin, until: end)
        // Neither of these has an end.
        case (.until, _): return .unclear(UnclearPart(kind: .end, words: ""))
        }
    }

    /// A change as its words say it, with the tokens it uses, and the words without further meaning in it.
    private struct PlainChange {
        var intent: Intent
        var read: [Range<Int>] = []
        var harmless: Set<String> = []
    }

    private func plainChange() -> PlainChange? {
        if isUndo {
            return PlainChange(intent: .undo, harmless: IntentWords.undone)
        }
        // A single number is asked about.
        if tokens.tokens.count == 1, tokens.number(0) != nil { return PlainChange(intent: .unknown) }
        let first = tokens.words.first { !IntentWords.greetings.contains($0) }
        // Questions such as “Was it warmer yesterday?” or “Warum ist es wärmer?”
        let isQuestion = (first.map(IntentWords.questions.contains) ?? false) || tokens.has(IntentWords.asking)
        // Statements such as “It was warmer yesterday”
        let isTold = tokens.has(IntentWords.past.union(IntentWords.germanPast))
        guard isCommand || !isQuestion && !isTold else { return nil }
        let isNegated = tokens.has(IntentWords.negations)
        // “Es ist nicht wärmer” asks for nothing; “don't make it warmer” is asked about.
        if isNegated, !tokens.has(IntentWords.setting.union(IntentWords.wishing)) { return nil }
        if !isNegated, tokens.has(IntentWords.off), tokens.has(IntentWords.temperatureThings) {
            return PlainChange(intent: .switchOff)
        }
        if tokens.has(IntentWords.schedule) || hasPhrase(IntentWords.schedulePhrases) {
            return PlainChange(intent: .backToSchedule, harmless: IntentWords.scheduled)
        }
        if let amount = step, let sign = direction {
            return PlainChange(intent: .adjust(sign * amount.value, until: nil), read: [amount.range])
        }
        // “It is 23 degrees, please make it cooler” does not ask for 23 degrees.
        let isStatement =
            tokens.has(IntentWords.present) && !tokens.has(["to", "auf"]) || hasPhrase(IntentWords.statements)
        if let amount = celsius(), !isStatement, amount.value > 5 {
            return PlainChange(intent: .set(amount.value, until: nil), read: [amount.range])
        }
        guard let sign = direction else {
            // “Turn on the heating at 20”: a command that is not understood is asked about as well.
            let isAboutHeat =
                tokens.has(IntentWords.temperatureThings) || hasPhrase(["set it", "make it", "stell es", "mach es"])
            let isUnread = isCommand && isAboutHeat || celsius() != nil && tokens.has(IntentWords.setting)
            return isUnread ? PlainChange(intent: .unknown) : nil
        }
        return PlainChange(intent: .adjust(tokens.has(IntentWords.much) ? sign * 2 : sign, until: nil))
    }

    /// A Boolean value that indicates whether the message begins with a word of changing, after polite words: “Please
    /// set…”, “Könnten Sie stellen…”.
    private var isCommand: Bool {
        let first = tokens.words.first {
            !IntentWords.greetings.contains($0) && !IntentWords.thanks.contains($0) && !IntentWords.polite.contains($0)
        }
        return first.map { IntentWords.setting.contains($0) || $0 == "leave" && hasPhrase(IntentWords.leaving) }
            ?? false
    }

    /// The direction: 1 for warmer, -1 for cooler.
    private var direction: Double? {
        if tokens.has(IntentWords.warmer) || hasPhrase(IntentWords.warmerPhrases) { return 1 }
        if tokens.has(IntentWords.cooler) || hasPhrase(IntentWords.coolerPhrases) { return -1 }
        guard tokens.has(IntentWords.temperatureThings) else { return nil }
        if tokens.has(IntentWords.up) || tokens.has(phrase: "nach oben") { return 1 }
        if tokens.has(IntentWords.down) || tokens.has(phrase: "nach unten") { return -1 }
        return nil
    }

    private struct Amount {
        var value: Double
        var range: Range<Int>
    }

    private static let roomWords: Set<String> = ["room", "zimmer", "raum", "suite"]
    private static let degrees: Set<String> = ["grad", "degrees", "degree", "deg"]
    private static let fahrenheit: Set<String> = ["f", "fahrenheit"]
    private static let scales: Set<String> = ["c", "celsius", "f", "fahrenheit"]

    /// Returns the unit after a number: `23`, `23 °C`, `72 degrees Fahrenheit`.
    func unit(after index: Int) -> (hasUnit: Bool, isFahrenheit: Bool, end: Int) {
        var end = index + 1
        if tokens.tokens.indices.contains(end), tokens.tokens[end] == .degree {
            end += 1
        } else if Self.degrees.contains(tokens.word(end) ?? "") {
            end += 1
        }
        let scale = tokens.word(end) ?? ""
        if Self.scales.contains(scale) { end += 1 }
        return (end > index + 1, Self.fahrenheit.contains(scale), end)
    }

    /// The size of a step in kelvin, if it is given: `by 2`, `um zwei Grad`, `one degree warmer`.
    private var step: Amount? {
        for index in tokens.tokens.indices {
            let isBy = ["by", "um"].contains(tokens.word(index - 1) ?? "")
            let word = tokens.word(index) ?? ""
            guard let value = tokens.number(index) ?? NumberWords.steps[word], value > 0, value <= 5 else { continue }
            var place = index
            // An article may follow: “half a degree”
            if word == "half", ["a", "an"].contains(tokens.word(index + 1) ?? "") { place += 1 }
            let (hasUnit, _, end) = unit(after: place)
            let isTime = tokens.isTimeUnit(end) || SpanUnit(tokens.word(end)) != nil
            // “um eins” is a time, and “by a” has no amount.
            guard hasUnit || isBy && tokens.number(index) != nil && !isTime else { continue }
            return Amount(value: value, range: index..<end)
        }
        return nil
    }

    /// Returns the requested temperature in °C: a number with its unit, or one after a word of requesting.
    private func celsius() -> Amount? {
        let end = TimeReader(tokens: tokens, now: situation.now, calendar: situation.calendar).endExpression()
        let sets = isSetting || hasPhrase(IntentWords.leaving)
        let wishes =
            sets || end?.moment != nil || tokens.has(IntentWords.wishing) || isWishedFor || tokens.tokens.count <= 4
        // Such as “23 until midnight” or “I'd like 23”
        let holds = sets || end?.moment != nil || isWishedFor
        for index in tokens.tokens.indices {
            guard let number = tokens.number(index), end?.range.contains(index) != true else { continue }
            guard !isJudged(index) else { return nil }
            let (hasUnit, isFahrenheit, past) = unit(after: index)
            let isDegreeSign = tokens.tokens.indices.contains(index + 1) && tokens.tokens[index + 1] == .degree
            if isFahrenheit || (number > 45 && number <= 100 && isDegreeSign && past == index + 2) {
                return Amount(value: (((number - 32) / 1.8) * 2).rounded() / 2, range: index..<past)
            }
            let next = tokens.word(past) ?? ""
            let before = tokens.word(index - 1) ?? ""
            // “Room 12”, “20 November” and a percentage are not temperatures, and “um 20” is a time.
            let isPlain =
                SpanUnit(next) == nil && !tokens.isTimeUnit(past) && !Self.roomWords.contains(before)
                && !IntentWords.beforeClocks.contains(before) && (before != "at" || isHeldAt)
            guard number < 60, Months.numbers[next] == nil, !["percent", "prozent"].contains(next),
                hasUnit || isPlain && (holds || isGoal(index)), wishes || isGoal(index)
            else { continue }
            return Amount(value: number, range: index..<past)
        }
        return nil
    }

    /// A Boolean value that indicates whether there is a word of changing other than the adjective in “too warm”.
    private var isSetting: Bool {
        tokens.indices(of: IntentWords.setting).contains { !["too", "zu"].contains(tokens.word($0 - 1) ?? "") }
    }

    /// A Boolean value that indicates whether the message plainly asks for something: “I'd like 24”, “could we have
    /// 23”, “mir wären 21 lieber”, “23 wäre schön”, “22 bitte”.
    private var isWishedFor: Bool {
        tokens.has(IntentWords.plainWishing) || hasPhrase(IntentWords.plainWishes)
            || tokens.has(IntentWords.would) && tokens.has(IntentWords.welcome)
            || asksForSomething
    }

    /// A Boolean value that indicates whether the message asks to have something: “Can I have…”, “kann ich … haben”,
    /// “could we get…”
    private var asksForSomething: Bool {
        tokens.has(["can", "could", "may", "might", "kann", "koennen", "koennte", "koennten", "darf", "duerfen"])
            && tokens.has(["i", "we", "ich", "wir"])
            && tokens.has(["have", "get", "haben", "bekommen", "kriegen"])
    }

    /// Returns whether the number is the target of the temperature: “Heizung auf 22”, “temperature to 22”, “auf 22”.
    private func isGoal(_ index: Int) -> Bool {
        guard let before = tokens.word(index - 1) else { return false }
        return ["to", "auf"].contains(before) && (index == 1 || tokens.has(IntentWords.temperatureThings))
    }

    /// Returns whether the number is called too warm or too cold, and so is not requested: “24 is too warm”, “mir sind
    /// 21 zu kalt”.
    private func isJudged(_ index: Int) -> Bool {
        var place = unit(after: index).end
        while let word = tokens.word(place), IntentWords.judging.contains(word) { place += 1 }
        return ["too", "zu"].contains(tokens.word(place) ?? "")
            && IntentWords.extremes.contains(tokens.word(place + 1) ?? "")
    }

    /// A Boolean value that indicates whether “at” refers to degrees: “Keep it at 21” does, “turn on the heating at 20”
    /// may refer to the clock.
    private var isHeldAt: Bool {
        let holds = tokens.has(["set", "keep", "hold", "maintain", "put", "make", "temperature", "thermostat", "have"])
        return (holds || hasPhrase(IntentWords.leaving)) && !hasPhrase(IntentWords.switchingOn)
    }
}
