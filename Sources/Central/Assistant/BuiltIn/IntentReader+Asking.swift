/// Tells whether a message about a change wants it, asks about it or mentions it.
extension IntentReader {
    private static let advising: Set<String> = [
        "should", "shall", "must", "may", "soll", "sollte", "sollen", "sollten", "muss", "muesste", "muessen", "darf",
        "duerfte", "duerfen", "duerften",
    ]
    private static let modal: Set<String> = ["can", "could", "would", "do", "does", "did", "will", "am", "is", "are"]
    private static let asked: Set<String> = ["you", "du", "sie", "ihr"]
    private static let done: Set<String> = [
        "set", "put", "turned", "made", "raised", "lowered", "changed", "had", "just", "already", "switched",
    ]
    private static let wanted: Set<String> = ["have", "get", "haben", "bekommen", "kriegen"]
    private static let commands: Set<String> = ["stelle", "stell", "mache", "mach", "drehe", "dreh", "setze", "regle"]

    /// A Boolean value that indicates whether the message asks about or mentions a change: `should I set it to 23?`,
    /// `warmer?`, `I have set it to 24`. A polite request such as `could you set 23?` does not count.
    var asksWhether: Bool {
        let words = tokens.words.drop {
            IntentWords.greetings.contains($0) || IntentWords.thanks.contains($0) || $0 == "please" || $0 == "bitte"
        }
        let (first, second) = (words.first ?? "", words.dropFirst().first ?? "")
        let wants = words.contains(where: Self.wanted.contains)
        if Self.advising.contains(first) { return !wants }
        if Self.modal.contains(first), second == "i" || second == "it" { return !wants }
        if Self.commands.contains(first), second == "ich" || second == "wir" { return true }
        if first == "ive" || first == "weve" { return true }
        if first == "i" || first == "we" {
            let verb = second == "have" ? words.dropFirst(2).first ?? "" : second
            if Self.done.contains(verb) { return true }
        }
        guard message.last(where: { !$0.isWhitespace }) == "?" else { return false }
        return !(wants || words.contains { Self.asked.contains($0) || $0 == "we" || $0 == "wir" })
    }
}

/// Reads numbers as people write them in a change.
enum ChangeNumbers {
    /// Returns the first number with a sign or a point before it, or a sign after it: `-22`, `.22`, `22-`. Without
    /// them, another value would be set. `21-23` and `- 22` do not count.
    static func odd(in message: String) -> String? {
        let characters = Array(message)
        func isDigit(_ index: Int) -> Bool {
            characters.indices.contains(index) && ("0"..."9").contains(characters[index])
        }
        func isPart(_ index: Int) -> Bool {
            characters.indices.contains(index) && (characters[index].isLetter || characters[index].isNumber)
        }
        for (index, character) in characters.enumerated() {
            let isBefore = "-−–+±.,<>~".contains(character) && isDigit(index + 1) && !isPart(index - 1)
            let isBehind =
                "-−–+".contains(character) && isDigit(index - 1) && !isPart(index + 1)
                && (index + 1 == characters.count || characters[index + 1] != " "
                    || !hasNumber(characters, from: index + 2))
            guard isBefore || isBehind else { continue }
            let start = characters[..<index].lastIndex { $0 == " " }.map { $0 + 1 } ?? 0
            let end = characters[index...].firstIndex { $0 == " " } ?? characters.count
            return String(characters[start..<min(end, start + 20)])
        }
        return nil
    }

    /// Returns whether a number follows, as in the ranges `21 - 23` and `21- 23`.
    private static func hasNumber(_ characters: [Character], from index: Int) -> Bool {
        characters.indices.contains(index) && ("0"..."9").contains(characters[index])
    }
}
