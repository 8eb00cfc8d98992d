package import Building
internal import CivilTime

/// The time and place that a message wants its change to apply to.
///
/// A change is carried out at once, in one room. So everything else the message says about it must be understood, or
/// the person is asked: “set 24 on Monday” must not set 24 °C tonight.
package enum ChangeScope: Hashable, Sendable {
    /// From now on, for the rest of the stay.
    case now
    /// From now until a time.
    case until(Timestamp)
    /// Part of the message is not understood or can't be carried out. Nothing may be changed.
    case unclear(UnclearPart)
}

/// The part of a message that is not understood.
package struct UnclearPart: Hashable, Sendable {
    /// The kind of part, by which the person is asked.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// An end that can't be determined: `until Christmas`.
        case end
        /// A time other than now: `on Monday`, `every morning`.
        case time
        /// A place other than the room: `in the bathroom`, `in 102`.
        case place
        /// A condition that must come true first: `when I'm back`.
        case condition
        /// A negation or a bound: `don't`, `not above 23`.
        case limit
        /// Another person: `my wife's room`.
        case person
        /// A question whether to change something: `should I set it to 23?`.
        case question
        /// A narrative before the change: `it was cold, so make it warmer`.
        case tale
        /// A number besides the temperature, or one with a sign that no temperature here has.
        case number
        /// Unknown words.
        case words
    }

    /// The kind of part.
    package var kind: Kind
    /// The part as written, at most 60 characters.
    package var words: String
}

/// The other reader of a message, on which the strictness depends.
enum ChangeReading: Equatable {
    /// No other reader: every word must be known.
    case strict
    /// A language model, which also knows other languages and the conversation so far: only words for another time,
    /// place, condition or person are checked.
    ///
    /// - Parameter choosesRoom: Whether the model names the room, so that places are left to it.
    case besideModel(choosesRoom: Bool)
}

/// Accounts for the words of a message that asks for a change. The words of the change itself, the room, the
/// temperature and the end are marked as read; no other word may refer to anything else.
struct ChangeReader {
    private let tokens: WordTokens
    private let end: EndExpression?
    private let harmless: Set<String>
    private var isRead: [Bool]

    /// Reads a message.
    ///
    /// - Parameters:
    ///   - message: The text as it was written.
    ///   - room: The room to be changed; `nil` if the message has not named any.
    ///   - harmless: Words without meaning here, in addition to those that are always harmless.
    init(
        _ message: String, room: RoomLocation?, now: Timestamp, calendar: LocalCalendar, harmless: Set<String> = []
    ) {
        let all = WordTokens(message)
        tokens = all.removing(phrases: IntentWords.timelyGreetings)
        end = TimeReader(tokens: tokens, now: now, calendar: calendar).endExpression()
        self.harmless = harmless
        isRead = Array(repeating: false, count: tokens.tokens.count)
        if let end { read(end.range) }
        for phrase in ChangeWords.harmlessPhrases { for range in tokens.ranges(of: phrase) { read(range) } }
        if let key = RoomReference.key(in: message, tokens),
            room.map({ RoomReference.isSame(key, as: $0.slug) }) ?? true,
            let range = RoomReference.range(in: message, tokens)
        {
            read(range)
        }
        guard let room else { return }
        // A guest of room 101 may write “in 101”.
        let digits = Double(room.slug.drop { !$0.isNumber }) ?? 0
        for index in tokens.tokens.indices where digits >= 100 && tokens.number(index) == digits {
            read(index..<index + 1)
        }
        for name in [room.name, room.slug] {
            let wanted = WordTokens(name).tokens
            guard !wanted.isEmpty else { continue }
            for start in tokens.tokens.indices where tokens.tokens[start...].starts(with: wanted) {
                // A name that is just a number may mean anything.
                if wanted.count > 1 || tokens.word(start) != nil { read(start..<start + wanted.count) }
            }
        }
    }

    /// Marks tokens as part of the change.
    mutating func read(_ range: Range<Int>) {
        for index in range.clamped(to: isRead.indices) { isRead[index] = true }
    }

    /// Marks a temperature as read, wherever it occurs, because the tool sets it.
    mutating func read(celsius: Double) {
        for index in tokens.tokens.indices where tokens.number(index) == celsius {
            // “On the 24th” is not a temperature, whatever is set.
            if case .number(_, isOrdinal: true) = tokens.tokens[index],
                ["the", "am", "den", "dem", "zum"].contains(tokens.word(index - 1) ?? "")
            {
                continue
            }
            guard !tokens.isTimeUnit(index + 1) else { continue }
            read(index..<index + 1)
        }
    }

    func scope(_ reading: ChangeReading) -> ChangeScope {
        if let unclear = unclear(reading) { return .unclear(unclear) }
        return end?.moment.map(ChangeScope.until) ?? .now
    }

    private func unclear(_ reading: ChangeReading) -> UnclearPart? {
        let rooms = reading == .besideModel(choosesRoom: true) ? [] : IntentWords.otherRoomPhrases
        if let range = rooms.lazy.compactMap({ tokens.ranges(of: $0).first }).first {
            return UnclearPart(kind: .place, words: quote(around: range.lowerBound, Set(range)))
        }
        for (phrase, kind) in ChangeWords.vaguePhrases {
            // “As soon as possible” is read as a whole.
            guard let range = tokens.ranges(of: phrase).first(where: { !$0.allSatisfy { isRead[$0] } }) else {
                continue
            }
            return UnclearPart(
                kind: kind, words: quote(around: range.upperBound - 1, Set(range), isClause: kind == .condition))
        }
        let open = tokens.tokens.indices.filter { !isRead[$0] && isOpen($0, reading) }
        guard let first = open.first else { return nil }
        let kinds = open.map(kind)
        // The most telling kind comes first.
        let order: [UnclearPart.Kind] = [.end, .time, .condition, .place, .person, .limit, .number, .words]
        let chosen = order.first(where: kinds.contains) ?? .words
        let place = zip(open, kinds).first { $1 == chosen }?.0 ?? first
        return UnclearPart(kind: chosen, words: quote(around: place, Set(open), isClause: chosen == .condition))
    }

    /// Returns whether an unread token may change the meaning.
    private func isOpen(_ index: Int, _ reading: ChangeReading) -> Bool {
        switch tokens.tokens[index] {
        case .dash, .degree: return false
        case .clock, .date: return true
        case .number(let number, _):
            if reading == .besideModel(choosesRoom: true), number >= 100 { return false }
            return reading == .strict || !isQuantity(index)
        case .word(let word):
            if harmless.contains(word) { return false }
            switch reading {
            case .strict: return !ChangeWords.harmless.contains(word)
            case .besideModel(let choosesRoom):
                guard let kind = ChangeWords.kind(of: word) else { return false }
                return !choosesRoom || kind != .place && kind != .person
            }
        }
    }

    /// Returns whether a number is in degrees: `it is 19 degrees`, `by 2`.
    private func isQuantity(_ index: Int) -> Bool {
        let next = tokens.tokens.indices.contains(index + 1) ? tokens.tokens[index + 1] : nil
        if next == .degree || ChangeWords.degreeUnits.contains(tokens.word(index + 1) ?? "") { return true }
        let isStep = ["by", "um"].contains(tokens.word(index - 1) ?? "") && (tokens.number(index) ?? 0) <= 5
        return isStep && !tokens.isTimeUnit(index + 1)
    }

    private func kind(of index: Int) -> UnclearPart.Kind {
        switch tokens.tokens[index] {
        case .clock, .date: return .time
        case .number(let number, _):
            if ["for", "fuer"].contains(tokens.word(index - 1) ?? ""), SpanUnit(tokens.word(index + 1)) != nil {
                return .end
            }
            let isAnnounced = number <= 24 && ChangeWords.beforeTimes.contains(tokens.word(index - 1) ?? "")
            if isAnnounced || tokens.isTimeUnit(index + 1) { return .time }
            // It is not a temperature but a room's number: “in 102”.
            return number >= 100 ? .place : .number
        case .word(let word): return ChangeWords.kind(of: word) ?? .words
        case .dash, .degree: return .words
        }
    }

    /// Returns the words around a token that belong to it: `on Monday`, `when I'm back`.
    private func quote(around index: Int, _ open: Set<Int>, isClause: Bool = false) -> String {
        func joins(_ index: Int) -> Bool {
            guard tokens.tokens.indices.contains(index), !isRead[index] else { return false }
            return open.contains(index) || ChangeWords.joining.contains(tokens.word(index) ?? "")
        }
        var start = index
        while joins(start - 1) { start -= 1 }
        var end = index
        while joins(end + 1) { end += 1 }
        // “When I'm back” ends with its own words.
        while !isClause, end > index, !open.contains(end) { end -= 1 }
        if tokens.number(end) != nil, tokens.isTimeUnit(end + 1) { end += 1 }
        var spellings: [String] = []
        for spelling in tokens.spellings[start...end] where spelling != spellings.last { spellings.append(spelling) }
        return String(spellings.joined(separator: " ").prefix(60))
    }
}

extension WordTokens {
    /// Returns whether a number before `index` is an hour: `6 pm`, `6 a.m.`, `6 Uhr`.
    func isTimeUnit(_ index: Int) -> Bool {
        switch word(index) {
        case "uhr", "oclock", "h": true
        // “23 am Montag” is German, where “am” means “on”.
        case "am", "pm": number(index - 1).map { $0 <= 12 } ?? true
        case "a", "p": word(index + 1) == "m"
        default: false
        }
    }
}
