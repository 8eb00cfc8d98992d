import Building

/// The decoding of values that have a range, which is checked before they are used.
enum WireNumber {
    /// The numbers that can be stored as they are.
    static let storable = -1e290...1e290
    /// The set-points that a report may contain, whatever set them, °C.
    static let roomCelsius = -100.0...100.0

    /// Decodes a version.
    ///
    /// - Throws: `DecodingError` if it is missing, or not `least` to 2^53.
    static func version<Key: CodingKey>(
        _ container: KeyedDecodingContainer<Key>, _ key: Key, from least: Int64
    ) throws -> Int64 {
        let version = try container.decode(Int64.self, forKey: key)
        guard (least...WireLimits.highestNumber).contains(version) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container,
                debugDescription: "\(version) must be \(least) to \(WireLimits.highestNumber)")
        }
        return version
    }

    /// Decodes a number; returns `nil` if it is missing or `null`.
    ///
    /// - Throws: `DecodingError` if it is not in `range`.
    static func number<Key: CodingKey>(
        _ container: KeyedDecodingContainer<Key>, _ key: Key, in range: ClosedRange<Double>, unit: String
    ) throws -> Double? {
        guard let number = try container.decodeIfPresent(Double.self, forKey: key) else { return nil }
        guard range.contains(number) else {
            let bounds = "\(ReadingValue.shortest(range.lowerBound)) to \(ReadingValue.shortest(range.upperBound))"
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container,
                debugDescription: "\(number.isFinite ? ReadingValue.shortest(number) : "\(number)") must be "
                    + "\(bounds) \(unit)")
        }
        return number
    }

    /// Decodes a time in milliseconds since 1970; returns `nil` if it is missing or `null`.
    ///
    /// - Throws: `DecodingError` if it is not within `Timestamp.representable`.
    static func time<Key: CodingKey>(_ container: KeyedDecodingContainer<Key>, _ key: Key) throws -> Timestamp? {
        guard let milliseconds = try container.decodeIfPresent(Int64.self, forKey: key) else { return nil }
        let time = Timestamp(millisecondsSince1970: milliseconds)
        guard Timestamp.representable.contains(time) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container,
                debugDescription: "\(milliseconds) must be a time from 1970 to 2099 in milliseconds")
        }
        return time
    }

    /// Decodes one of the known words; returns `nil` if it is missing or `null`.
    ///
    /// - Throws: `DecodingError` if it is another word.
    static func word<Key: CodingKey, Word: RawRepresentable<String> & CaseIterable>(
        _ container: KeyedDecodingContainer<Key>, _ key: Key
    ) throws -> Word? {
        guard let text = try container.decodeIfPresent(String.self, forKey: key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container,
                debugDescription: "“\(text.shortened(toBytes: 80))” must be one of \(words)")
        }
        return word
    }
}

/// The problem with a part of a message that cannot be decoded, for people.
enum DecodingProblem {
    static func text(of error: any Error) -> String {
        let context: DecodingError.Context
        switch error as? DecodingError {
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found):
            context = found
        case .keyNotFound(let key, let found): return "“\(path(found.codingPath + [key]))” is missing"
        default: return "it cannot be decoded"
        }
        let path = path(context.codingPath)
        return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
    }

    /// Returns the path within the entry. Its place in the list is left out, since it means nothing to people.
    private static func path(_ keys: [any CodingKey]) -> String {
        let entry = keys.lastIndex { $0.intValue != nil }.map { $0 + 1 } ?? 0
        return keys[entry...].map(\.stringValue).joined(separator: ".")
    }
}
