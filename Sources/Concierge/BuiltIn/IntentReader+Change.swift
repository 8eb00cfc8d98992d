internal import Building

/// What is to be changed.
extension IntentReader {
    func change() -> Intent? {
        let change = plainChange()
        switch change {
        case .set(_, nil)?, .adjust(_, nil)?:
            let isUnclear = TimeExpression.hasUnclearEnd(
                in: message, now: situation.now, calendar: situation.calendar)
            return isUnclear ? .unclearEnd : change
        default: return change
        }
    }

    private func plainChange() -> Intent? {
        let first = tokens.words.first { !IntentWords.greetings.contains($0) }
        // “Was it warmer yesterday?”, “Warum ist es wärmer?”
        let isQuestion = (first.map(IntentWords.questions.contains) ?? false) || tokens.has(IntentWords.asking)
        // “It was warmer yesterday”, “not warmer”
        let isTold = tokens.has(IntentWords.past.union(IntentWords.germanPast))
        guard !isQuestion, !isTold, !tokens.has(IntentWords.negations) else { return nil }
        if tokens.has(IntentWords.off), tokens.has(IntentWords.temperatureThings) { return .switchOff }
        if tokens.has(IntentWords.schedule) || hasPhrase(IntentWords.schedulePhrases) { return .backToSchedule }
        let until = TimeExpression.end(in: message, now: situation.now, calendar: situation.calendar)
        let isByDegrees = tokens.has(["by", "um"])
        // “It is 23 degrees, please make it cooler” wishes for no 23 degrees.
        let isStatement = tokens.has(IntentWords.present) && !tokens.has(["to", "auf"])
        if let celsius = celsius(), !isStatement {
            if isByDegrees, celsius <= 5, let sign = direction { return .adjust(sign * celsius, until: until) }
            if celsius > 5 { return .set(celsius, until: until) }
        }
        guard let sign = direction else { return nil }
        return .adjust(tokens.has(IntentWords.much) ? sign * 2 : sign, until: until)
    }

    /// 1 for warmer, -1 for cooler.
    private var direction: Double? {
        if tokens.has(IntentWords.warmer) || hasPhrase(IntentWords.warmerPhrases) { return 1 }
        if tokens.has(IntentWords.cooler) || hasPhrase(IntentWords.coolerPhrases) { return -1 }
        guard tokens.has(IntentWords.temperatureThings) else { return nil }
        if tokens.has(IntentWords.up) { return 1 }
        if tokens.has(IntentWords.down) { return -1 }
        return nil
    }

    /// The temperature that is wished for, in °C: a number with its unit, or one that follows a word of wishing.
    private func celsius() -> Double? {
        let untilIndex =
            tokens.indices(of: ["until", "till", "til", "bis", "for", "fuer"]).first ?? tokens.tokens.count
        let wishes = tokens.has(IntentWords.setting.union(IntentWords.wishing)) || tokens.tokens.count <= 4
        for index in tokens.tokens.indices {
            guard let number = tokens.number(index) else { continue }
            let next = tokens.tokens.indices.contains(index + 1) ? tokens.tokens[index + 1] : nil
            let unit = next == .degree ? tokens.word(index + 2) : tokens.word(index + 1)
            if unit == "f" || unit == "fahrenheit" || (number > 45 && number <= 100 && next == .degree) {
                return (((number - 32) / 1.8) * 2).rounded() / 2
            }
            let hasUnit = next == .degree || ["grad", "degrees", "degree", "c", "celsius"].contains(unit ?? "")
            let isPlain =
                index < untilIndex && SpanUnit(unit) == nil && !["uhr", "am", "pm", "oclock"].contains(unit ?? "")
            // “Room 12”, “20 November” and a share in percent are no temperatures.
            let isRoom = ["room", "zimmer", "raum", "suite"].contains(tokens.word(index - 1) ?? "")
            guard number < 60, Months.numbers[unit ?? ""] == nil, !["percent", "prozent"].contains(unit ?? ""),
                hasUnit || (isPlain && !isRoom && tokens.has(IntentWords.setting)), wishes
            else { continue }
            return number
        }
        return nil
    }
}
