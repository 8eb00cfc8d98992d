internal import Building

/// Reads requests for another time, which the words of a change alone do not reveal: “heute Abend 23”, “morgen früh
/// soll es warm sein”, “it was cold yesterday, make it warmer tonight”. They have the words of questions about the
/// past, but are asked about instead of answered.
extension IntentReader {
    /// Returns the question about a request for later; `nil` if the message is not one.
    func laterWish() -> Intent? {
        if let told = wishAfterTale() { return told }
        guard !isAsked, wantsLater, !speaksOfPast else { return nil }
        var reader = ChangeReader(message, room: situation.room, now: situation.now, calendar: situation.calendar)
        for range in candidates { reader.read(range) }
        guard case .unclear(let part) = reader.scope(.strict) else { return nil }
        switch part.kind {
        case .time, .condition, .end: return .unclear(part)
        // The time of “um sechs 23” is not known, only that it is one.
        case .words where tokens.has(["um", "at", "by", "gegen", "around"]): return .unclear(part)
        default: return nil
        }
    }

    /// A Boolean value that indicates whether the message looks like a request for a change, whatever its meaning.
    var looksLikeAWish: Bool {
        let sets = IntentWords.setting.subtracting(IntentWords.extremes).subtracting(["heat", "change", "lower"])
        return !speaksOfPast
            && (tokens.has(sets) || tokens.has(IntentWords.warmer) || tokens.has(IntentWords.cooler)
                || !candidates.isEmpty)
    }

    /// Reads a request after a narrative: “It was cold, make it warmer tonight”. Nothing is set, because the
    /// narrative's meaning for it is not known.
    private func wishAfterTale() -> Intent? {
        guard tokens.has(IntentWords.past.union(IntentWords.germanPast)), !tokens.has(IntentWords.asking) else {
            return nil
        }
        let clauses = clauses
        guard clauses.count > 1 else { return nil }
        for clause in clauses {
            let reader = IntentReader(clause, situation: situation)
            switch reader.change() ?? reader.laterWish() {
            case .unclear(let part)?: return .unclear(part)
            case .set?, .adjust?, .backToSchedule?:
                return .unclear(UnclearPart(kind: .tale, words: String(clause.prefix(60))))
            default: continue
            }
        }
        return nil
    }

    /// The parts of the message separated by commas or full stops, trimmed.
    private var clauses: [String] {
        var clauses = [""]
        var isAfterStop = false
        for character in message {
            if isAfterStop, character.isWhitespace { clauses.append("") }
            isAfterStop = ",.;!:".contains(character)
            clauses[clauses.count - 1].append(character)
        }
        return clauses.map { String($0.drop(while: \.isWhitespace)) }.filter { !$0.isEmpty }
    }

    /// A Boolean value that indicates whether the message asks a question rather than making a request.
    private var isAsked: Bool {
        let words = tokens.words.drop { IntentWords.greetings.contains($0) || IntentWords.thanks.contains($0) }
        guard let first = words.first else { return true }
        if tokens.has(IntentWords.asking) { return true }
        let isPolite = Self.polite.contains(first)
        if IntentWords.questions.contains(first), !isPolite { return true }
        return message.last { !$0.isWhitespace } == "?" && !isPolite
    }

    private static let polite: Set<String> = [
        "can", "could", "would", "kann", "kannst", "koennen", "koennt", "koennte", "koennten", "koenntest", "wuerden",
        "wuerdest", "please", "bitte",
    ]

    /// A Boolean value that indicates whether the message makes a request: by a temperature, an action or a state.
    private var wantsLater: Bool {
        let topics: Set<String> = ["co", "humidity", "luftfeuchtigkeit", "energy", "energie"]
        guard !tokens.has(topics), !tokens.has(IntentWords.energy) else { return false }
        guard !IntentWords.statistics.contains(where: { tokens.has($0.words) }) else { return false }
        if !candidates.isEmpty { return true }
        let acts = tokens.has(["heat", "heize", "heizen", "vorheizen", "aufheizen", "preheat"])
        let isWanted =
            tokens.has(IntentWords.plainWishing) || hasPhrase(IntentWords.plainWishes)
            || tokens.has(["soll", "sollte", "should", "must", "muss"])
            || tokens.has(IntentWords.setting)
                && tokens.has(IntentWords.temperatureThings)
        return acts || isWanted && tokens.has(["warm", "kalt", "kuehl", "cool", "cold", "heiss", "hot"])
    }

    /// The numbers that may be temperatures, with their units.
    private var candidates: [Range<Int>] {
        tokens.tokens.indices.compactMap { index in
            guard case .number(let number, isOrdinal: false) = tokens.tokens[index], (10...35).contains(number) else {
                return nil
            }
            let before = tokens.word(index - 1) ?? ""
            let (_, _, past) = unit(after: index)
            let next = tokens.word(past) ?? ""
            let isPlace = Self.beforeOtherNumbers.contains(before) || IntentWords.beforeClocks.contains(before)
            let isTime =
                tokens.isTimeUnit(past) || SpanUnit(next) != nil || Months.numbers[next] != nil
                || Months.numbers[before] != nil
                || tokens.isTimeUnit(index - 1) && tokens.number(index - 2) != nil
                    && past == index + 1 && before == "uhr"
            return isPlace || isTime || ["percent", "prozent", "ppm"].contains(next) ? nil : index..<past
        }
    }

    private static let beforeOtherNumbers: Set<String> = [
        "room", "zimmer", "raum", "suite", "at", "between", "zwischen", "and", "und", "until", "till", "bis", "the",
        "den", "dem", "am", "zum", "vom", "von", "number", "nr", "nummer", "over", "under", "above", "below", "unter",
        "ueber", "than", "als",
    ]

    /// A Boolean value that indicates whether the message refers to the past: “yesterday”, “last night”, “seit
    /// gestern”, “two hours ago”.
    private var speaksOfPast: Bool {
        tokens.has(Self.pastTimes) || tokens.has(IntentWords.past.union(IntentWords.germanPast))
            || tokens.has(TimeReader.lastWords)
    }

    private static let pastTimes: Set<String> = [
        "yesterday", "yesterdays", "gestern", "gestrige", "gestrigen", "vorgestern", "ago", "since", "seit",
    ]
}
