internal import Building

/// Reads the intent of one message. It is pure: the same message at the same time has the same intent.
struct IntentReader {
    let message: String
    let tokens: WordTokens
    let situation: ChatSituation
    /// A Boolean value that indicates whether the message has a greeting such as “good morning”, which `tokens` leave
    /// out.
    private let isGreeted: Bool

    init(_ message: String, situation: ChatSituation) {
        self.message = message
        self.situation = situation
        let all = WordTokens(message)
        tokens = all.removing(phrases: IntentWords.timelyGreetings)
        isGreeted = tokens.tokens.count < all.tokens.count
    }

    /// The key of the room in the message, which operators must name.
    var room: String? { RoomReference.key(in: message, tokens) }

    func intent() -> Intent {
        if isListing { return .listRooms }
        if isAboutAnotherRoom { return .otherRoom }
        if let change = change() ?? laterWish() { return change }
        if isAboutEnergy { return energy() }
        if let question = question() { return question }
        if isHelp { return .help }
        if tokens.has(IntentWords.thanks) { return .thanks }
        if isGreeted || tokens.has(IntentWords.greetings) { return .greeting }
        return .unknown
    }

    func hasPhrase(_ phrases: [String]) -> Bool { phrases.contains { tokens.has(phrase: $0) } }

    var isUndo: Bool { tokens.has(IntentWords.undo) || hasPhrase(IntentWords.undoPhrases) }

    private var isListing: Bool {
        guard tokens.has(IntentWords.listing), room == nil else { return false }
        // “Zimmer” is both singular and plural.
        return tokens.has(IntentWords.roomsAll)
            || hasPhrase(["alle zimmer", "welche zimmer", "liste der zimmer", "die zimmer", "list of rooms"])
    }

    private var isAboutAnotherRoom: Bool {
        guard let own = situation.room else { return false }
        if let room { return !RoomReference.isSame(room, as: own.slug) }
        return tokens.has(IntentWords.otherRooms) || hasPhrase(IntentWords.otherRoomPhrases)
    }

    private var isAboutEnergy: Bool {
        tokens.has(IntentWords.energy)
            || tokens.words.contains { $0.hasPrefix("energie") || $0.hasPrefix("stromverb") }
    }

    private var isHelp: Bool { tokens.has(IntentWords.help) || hasPhrase(IntentWords.helpPhrases) }

    /// The range of time in the message, except the times of `until`.
    var range: Range<Timestamp>? {
        TimeReader(tokens: tokens, now: situation.now, calendar: situation.calendar).range()
    }

    func lastDays(_ days: Double) -> Range<Timestamp> {
        situation.now.advanced(by: .seconds(-days * 86_400))..<situation.now
    }
}
