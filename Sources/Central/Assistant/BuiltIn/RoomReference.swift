/// A reference to a room in a message.
enum RoomReference {
    /// Returns `room-102` for `room 102`, `Zimmer 102` and `room-102`, and the building as well for `grand/room-102`;
    /// `nil` if no room is named.
    static func key(in message: String, _ tokens: WordTokens) -> String? {
        if let key = writtenKey(in: message) { return key }
        return numbered(tokens).map { "room-\($0.number)" }
    }

    /// Returns the tokens that name the room.
    static func range(in message: String, _ tokens: WordTokens) -> Range<Int>? {
        if let key = writtenKey(in: message) { return tokens.tokens.firstRange(of: WordTokens(key).tokens) }
        return numbered(tokens)?.range
    }

    /// Returns a key in the form of `list_rooms`.
    private static func writtenKey(in message: String) -> String? {
        for word in message.split(whereSeparator: { $0.isWhitespace || "?!,;:\"“”„()".contains($0) }) {
            let word = word.hasSuffix(".") ? word.dropLast() : word
            let parts = word.split(separator: "/", omittingEmptySubsequences: false)
            if parts.count == 2, parts.allSatisfy(isSlug), parts[1].contains(where: \.isNumber),
                parts[0].contains(where: \.isLetter)
            {
                return word.lowercased()
            }
        }
        return nil
    }

    private static func numbered(_ tokens: WordTokens) -> (number: Int, range: Range<Int>)? {
        for index in tokens.indices(of: ["room", "zimmer", "raum", "suite"]) {
            var place = index + 1
            if ["number", "no", "nr", "nummer"].contains(tokens.word(place) ?? "") { place += 1 }
            guard let number = tokens.number(place).flatMap({ Int(exactly: $0) }), number >= 0 else { continue }
            let next = tokens.tokens.indices.contains(place + 1) ? tokens.tokens[place + 1] : nil
            // “Heat the room 23 degrees” names no room.
            if next == .degree || ["grad", "degrees", "c", "celsius"].contains(tokens.word(place + 1) ?? "") {
                continue
            }
            return (number, index..<place + 1)
        }
        return nil
    }

    private static func isSlug(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    }

    /// Returns whether `key` refers to the room with `slug`.
    static func isSame(_ key: String, as slug: String) -> Bool {
        let name = key.split(separator: "/").last.map(String.init) ?? key
        guard name != slug.lowercased() else { return true }
        let digits = name.drop { !$0.isNumber }
        let own = slug.drop { !$0.isNumber }
        return name.hasPrefix("room-") && !slug.hasPrefix("room-") && !digits.isEmpty && digits == own
    }
}
