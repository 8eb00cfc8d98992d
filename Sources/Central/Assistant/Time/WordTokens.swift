/// A sentence as words, numbers, times and dates, for both languages: lower case, `ä` as `ae`, `ß` as `ss`, apostrophes
/// left out.
package struct WordTokens: Sendable {
    package enum Token: Hashable, Sendable {
        case word(String)
        case number(Double, isOrdinal: Bool)
        /// `22:30`, `22.30 Uhr`
        case clock(hour: Int, minute: Int)
        /// `2026-11-20`, `20.11.`, `20/11/2026`: the day comes first, as in Europe.
        case date(year: Int?, month: Int, day: Int)
        /// `-` between numbers.
        case dash
        case degree
    }

    package private(set) var tokens: [Token] = []
    /// Each token as it was written: `Übermorgen`.
    private(set) var spellings: [String] = []

    package init(_ text: String) {
        var scanner = TokenScanner(text)
        (tokens, spellings) = scanner.scan()
    }

    package var words: [String] { tokens.compactMap { if case .word(let word) = $0 { word } else { nil } } }

    func word(_ index: Int) -> String? {
        guard tokens.indices.contains(index), case .word(let word) = tokens[index] else { return nil }
        return word
    }

    func number(_ index: Int) -> Double? {
        guard tokens.indices.contains(index), case .number(let number, _) = tokens[index] else { return nil }
        return number
    }

    /// Returns the positions of all tokens that are one of `words`.
    func indices(of words: Set<String>) -> [Int] { tokens.indices.filter { word($0).map(words.contains) ?? false } }

    func has(_ words: Set<String>) -> Bool { !indices(of: words).isEmpty }

    /// Returns whether the words stand next to one another: `day before yesterday`.
    func has(phrase: String) -> Bool {
        let wanted = phrase.split(separator: " ").map(String.init)
        guard tokens.count >= wanted.count else { return false }
        return (0...(tokens.count - wanted.count)).contains { start in
            wanted.indices.allSatisfy { word(start + $0) == wanted[$0] }
        }
    }

    /// Returns whether `words` stand at `index`, next to one another.
    func has(_ words: [String], at index: Int) -> Bool {
        words.indices.allSatisfy { word(index + $0) == words[$0] }
    }

    /// Without any of `phrases`.
    func removing(phrases: [String]) -> WordTokens {
        var rest = self
        for phrase in phrases {
            let wanted = phrase.split(separator: " ").map { Token.word(String($0)) }
            if let found = rest.tokens.firstRange(of: wanted) {
                rest.tokens.removeSubrange(found)
                rest.spellings.removeSubrange(found)
            }
        }
        return rest
    }

    /// Returns each range in which the words of `phrase` follow one another.
    func ranges(of phrase: String) -> [Range<Int>] {
        let wanted = phrase.split(separator: " ").map { Token.word(String($0)) }
        guard !wanted.isEmpty else { return [] }
        return tokens.indices.compactMap { start in
            tokens[start...].starts(with: wanted) ? start..<start + wanted.count : nil
        }
    }

    func dropping(before index: Int) -> WordTokens {
        var rest = self
        rest.tokens = Array(tokens.dropFirst(index))
        rest.spellings = Array(spellings.dropFirst(index))
        return rest
    }
}

private struct TokenScanner {
    private let characters: [Character]
    /// The text, and of each of `characters` the place there.
    private let original: [Character]
    private let places: [Int]
    private var position = 0
    private var tokens: [WordTokens.Token] = []
    private var spellings: [String] = []
    /// A guest's message is never longer than this many characters that count.
    private static let longest = 4000

    init(_ text: String) {
        original = Array(text.prefix(Self.longest))
        var folded: [Character] = []
        var places: [Int] = []
        for (place, character) in original.enumerated() {
            // One capital letter may be several small ones.
            for character in character.lowercased() {
                switch character {
                case "ä": folded += ["a", "e"]
                case "ö": folded += ["o", "e"]
                case "ü": folded += ["u", "e"]
                case "ß": folded += ["s", "s"]
                case "'", "’", "`", "´": break
                default: folded.append(character)
                }
            }
            places += repeatElement(place, count: folded.count - places.count)
        }
        (characters, self.places) = (folded, places)
    }

    /// Returns the original spelling from `start` up to `position`.
    private func spelling(from start: Int) -> String {
        guard start < position else { return "" }
        return String(original[places[start]...places[position - 1]])
    }

    private var next: Character? { position < characters.count ? characters[position] : nil }

    mutating func scan() -> (tokens: [WordTokens.Token], spellings: [String]) {
        while let character = next {
            let start = position
            defer {
                spellings += repeatElement(spelling(from: start), count: tokens.count - spellings.count)
            }
            if Self.isDigit(character) {
                scanNumber()
            } else if character.isLetter {
                scanWord()
            } else {
                position += 1
                switch character {
                case "°", "º": tokens.append(.degree)
                case "-", "–", "—":
                    if case .word = tokens.last {} else if !tokens.isEmpty { tokens.append(.dash) }
                    // “10 pm – 6 am”
                    if case .word(let word) = tokens.last, ["am", "pm", "uhr"].contains(word) { tokens.append(.dash) }
                default: break
                }
            }
        }
        return (tokens, spellings)
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private mutating func scanWord() {
        let start = position
        while let character = next, character.isLetter { position += 1 }
        let word = String(characters[start..<position])
        if ["st", "nd", "rd", "th"].contains(word), case .number(let number, _) = tokens.last,
            start > 0, Self.isDigit(characters[start - 1])
        {
            tokens[tokens.count - 1] = .number(number, isOrdinal: true)
            return
        }
        // The 2 of “CO2 am Freitag” is no hour.
        if word == "co", next == "2" { position += 1 }
        // “Montagabend” is two words to everybody but a German.
        for day in WeekdayWords.germanNames where word.hasPrefix(day) && word.count > day.count + 3 {
            tokens.append(.word(day))
            tokens.append(.word(String(word.dropFirst(day.count))))
            return
        }
        tokens.append(.word(word))
    }

    /// The digits from `index` on, at most `count` of them, and where they end.
    private func digits(at index: Int, atMost count: Int) -> (value: Int, end: Int)? {
        var end = index
        while end < characters.count, end - index < count, Self.isDigit(characters[end]) { end += 1 }
        guard end > index, let value = Int(String(characters[index..<end])) else { return nil }
        return (value, end)
    }

    private func has(_ character: Character, at index: Int) -> Bool {
        index < characters.count && characters[index] == character
    }

    private mutating func scanNumber() {
        if let (token, end) = isoDate() ?? (isTemperature ? nil : dottedDate()) ?? slashedDate() ?? clock() {
            tokens.append(token)
            position = end
            return
        }
        guard let (whole, end) = digits(at: position, atMost: 9) else { return }
        position = end
        var value = Double(whole)
        var isOrdinal = false
        if has(".", at: end) || has(",", at: end), let fraction = digits(at: end + 1, atMost: 6) {
            value = Double("\(whole).\(String(characters[(end + 1)..<fraction.end]))") ?? value
            position = fraction.end
        } else if has(".", at: end) {
            // The full stop of “bis 22.” makes no ordinal.
            isOrdinal = characters[(end + 1)...].contains { !$0.isWhitespace }
            position += 1
        }
        tokens.append(.number(value, isOrdinal: isOrdinal))
    }

    /// A Boolean value that indicates whether `21.5.` is a temperature with a decimal and the sentence's full stop:
    /// “make it 21.5.”
    private var isTemperature: Bool {
        guard case .word(let before) = tokens.last, Self.beforeTemperatures.contains(before),
            let whole = digits(at: position, atMost: 2), (10...30).contains(whole.value), has(".", at: whole.end),
            let tenth = digits(at: whole.end + 1, atMost: 2), tenth.value == 5, has(".", at: tenth.end)
        else { return false }
        return characters[(tenth.end + 1)...].allSatisfy(\.isWhitespace)
    }

    private static let beforeTemperatures: Set<String> = ["it", "to", "auf"]

    private func isoDate() -> (WordTokens.Token, Int)? {
        guard let year = digits(at: position, atMost: 4), year.end == position + 4, has("-", at: year.end),
            let month = digits(at: year.end + 1, atMost: 2), has("-", at: month.end),
            let day = digits(at: month.end + 1, atMost: 2)
        else { return nil }
        // The “t” of a date-time is no word.
        let end = has("t", at: day.end) ? day.end + 1 : day.end
        return (.date(year: year.value, month: month.value, day: day.value), end)
    }

    private func dottedDate() -> (WordTokens.Token, Int)? {
        guard let day = digits(at: position, atMost: 2), has(".", at: day.end),
            let month = digits(at: day.end + 1, atMost: 2), has(".", at: month.end), (1...12).contains(month.value),
            (1...31).contains(day.value)
        else { return nil }
        let year = digits(at: month.end + 1, atMost: 4)
        return (.date(year: year.map(Self.whole), month: month.value, day: day.value), year?.end ?? month.end + 1)
    }

    private func slashedDate() -> (WordTokens.Token, Int)? {
        guard let day = digits(at: position, atMost: 2), has("/", at: day.end),
            let month = digits(at: day.end + 1, atMost: 2), (1...12).contains(month.value), (1...31).contains(day.value)
        else { return nil }
        guard has("/", at: month.end), let year = digits(at: month.end + 1, atMost: 4) else {
            return (.date(year: nil, month: month.value, day: day.value), month.end)
        }
        return (.date(year: Self.whole(year), month: month.value, day: day.value), year.end)
    }

    private static func whole(_ year: (value: Int, end: Int)) -> Int {
        year.value < 100 ? 2000 + year.value : year.value
    }

    private func clock() -> (WordTokens.Token, Int)? {
        guard let hour = digits(at: position, atMost: 2), hour.value <= 24,
            let minute = digits(at: hour.end + 1, atMost: 2), minute.end == hour.end + 3, minute.value < 60
        else { return nil }
        if has(":", at: hour.end) {
            // Seconds say nothing here.
            let end = has(":", at: minute.end) ? digits(at: minute.end + 1, atMost: 2)?.end : nil
            return (.clock(hour: hour.value, minute: minute.value), end ?? minute.end)
        }
        let rest = String(characters[minute.end...].prefix(5)).drop { $0 == " " }
        guard has(".", at: hour.end), rest.hasPrefix("uhr") else { return nil }
        return (.clock(hour: hour.value, minute: minute.value), minute.end)
    }
}
