internal import Building

/// Reads the question that a message asks.
extension IntentReader {
    func question() -> Intent? {
        let range = range
        let topics = topics
        if tokens.has(IntentWords.why) {
            guard let range, isPast else { return .why }
            return range.lowerBound < situation.now ? .comfort(range) : .future
        }
        if isComplaint, range == nil { return .why }
        let isAboutMode = tokens.has(IntentWords.modes)
        if (tokens.has(IntentWords.comfort) && !isAboutMode) || isReport
            || tokens.words.contains(where: { $0.hasPrefix("komfort") })
        {
            guard let range else {
                return isPast || isReport || tokens.has(["bericht", "report"]) || !isNow ? .comfort(lastDays(1)) : .why
            }
            return range.lowerBound < situation.now ? .comfort(range) : .future
        }
        if topics.isEmpty {
            let isOverview =
                tokens.has(IntentWords.overview) || hasPhrase(IntentWords.overviewPhrases)
            return isOverview ? .now(QuestionSubject.overview) : nil
        }
        let statistics = statistics
        guard let range else {
            guard isPast || !statistics.isEmpty, !isNow else { return .now(topics) }
            let days: Double = statistics == [.lastSeen] ? 7 : 1
            return .history(topics, statistics.isEmpty ? [.average] : statistics, lastDays(days))
        }
        guard range.lowerBound < situation.now else { return .future }
        if statistics.isEmpty, isNow || isToday { return .now(topics) }
        return .history(topics, statistics.isEmpty ? [.average] : statistics, range)
    }

    func energy() -> Intent {
        let words = tokens
        var range = range
        let resolution: EnergyResolution? =
            if words.has(["hourly", "stuendlich", "stuendliche", "stundenweise", "stundenwerte"])
                || words.has(phrase: "per hour") || words.has(phrase: "pro stunde")
            {
                .hour
            } else if words.has(["daily", "taeglich", "taegliche", "tagesweise", "tageswerte"])
                || words.has(phrase: "per day") || words.has(phrase: "pro tag")
            {
                .day
            } else if words.has(["monthly", "monatlich", "monatliche", "monatsweise"])
                || words.has(phrase: "per month") || words.has(phrase: "pro monat")
            {
                .month
            } else if words.has(["viertelstuendlich", "viertelstuendliche", "viertelstundenwerte"])
                || words.has(phrase: "quarter hour") || words.has(phrase: "quarter hourly") || isPerQuarterHour
            {
                .quarterHour
            } else {
                nil
            }
        // “15 min” was the resolution.
        if resolution == .quarterHour, isPerQuarterHour, let given = range, given.length <= 900 { range = nil }
        let whole = range ?? lastDays(7)
        guard whole.lowerBound < situation.now else { return .future }
        return .energy(resolution ?? Self.fitting(whole), subsystems, whole)
    }

    private static func fitting(_ range: Range<Timestamp>) -> EnergyResolution {
        switch range.length {
        case ...(2 * 86_400 + 3600): .hour
        case ...(92 * 86_400): .day
        default: .month
        }
    }

    private var isPerQuarterHour: Bool {
        tokens.tokens.indices.contains { tokens.number($0) == 15 && SpanUnit(tokens.word($0 + 1)) == .minute }
    }

    private var subsystems: [Subsystem] {
        var named: [Subsystem] = []
        if tokens.has(["ac", "klima", "klimaanlage", "conditioning", "cooling", "kuehlung"]) { named.append(.ac) }
        if tokens.has(["light", "lights", "lighting", "licht", "beleuchtung"]) { named.append(.lighting) }
        if tokens.has(["plug", "plugs", "sockets", "outlets", "steckdosen"]) { named.append(.plugLoad) }
        return named.isEmpty ? Subsystem.allCases : named
    }

    private var topics: [QuestionSubject] {
        var found = IntentWords.topics.filter { topic, words in
            tokens.has(words)
                || IntentWords.topicStems.contains { stem in
                    stem.topic == topic && tokens.words.contains { $0.hasPrefix(stem.stem) }
                }
        }.map(\.topic)
        // In “How humid is the air” and “the air's temperature”, air is only the place.
        let airAlone = IntentWords.topics.first { $0.topic == .air }?.words.subtracting(["air", "luft"]) ?? []
        if found.count > 1, found.contains(.air), !tokens.has(airAlone) { found.removeAll { $0 == .air } }
        // Such as “Is the heating warm” or “set-point in degrees”
        if found.contains(.heating), found.contains(.temperature),
            !tokens.has(["temperature", "temperatur", "warm", "kalt", "cold"])
        {
            found.removeAll { $0 == .temperature }
        }
        if !found.contains(.setpoint), hasPhrase(IntentWords.setpointPhrases) { found.append(.setpoint) }
        // Such as “What temperature is the heating set to?”
        if found.contains(.setpoint), !tokens.has(["warm", "kalt", "cold", "valve", "ventil"]) {
            found.removeAll { $0 == .temperature || $0 == .heating }
        }
        // Such as “The average of the last 24 hours”
        if found.isEmpty, !statistics.isEmpty, range != nil { found = [.temperature] }
        return found
    }

    private var statistics: [Statistic] {
        var found = IntentWords.statistics.filter { tokens.has($0.words) }.map(\.statistic)
        if hasPhrase(IntentWords.lastSeenPhrases) { found.append(.lastSeen) }
        guard found.isEmpty else { return found }
        if hasPhrase(IntentWords.minimumPhrases) { return [.minimum] }
        if hasPhrase(IntentWords.maximumPhrases) { return [.maximum] }
        return found
    }

    /// A Boolean value that indicates whether the message complains: “It's too cold” asks for nothing, but deserves the
    /// reason and an offer.
    private var isComplaint: Bool {
        hasPhrase(IntentWords.complaints) && !IntentWords.questions.contains(tokens.words.first ?? "")
    }

    private var isNow: Bool { tokens.has(IntentWords.now) }

    private var isReport: Bool {
        (tokens.has(["report", "bericht"]) && topics.isEmpty) || tokens.has(phrase: "within range")
    }

    /// A Boolean value that indicates whether the message refers to the past. The German “was” means “what”.
    private var isPast: Bool {
        situation.language == .german ? tokens.has(IntentWords.germanPast) : tokens.has(IntentWords.past)
    }

    /// A Boolean value that indicates whether “today” means now, as in “How warm is it today?”
    private var isToday: Bool {
        tokens.has(["today", "heute"]) && tokens.has(IntentWords.present) && !isPast
            && !tokens.tokens.indices.contains { DayPart(tokens.word($0)) != nil || tokens.word($0) == "morgen" }
    }
}

extension Range<Timestamp> {
    /// The length in seconds.
    var length: Int64 { (upperBound.millisecondsSince1970 - lowerBound.millisecondsSince1970) / 1000 }
}
