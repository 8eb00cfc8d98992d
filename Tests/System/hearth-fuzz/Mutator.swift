import Rig

/// Makes inputs that are almost right.
struct Mutator {
    /// What readers of numbers and texts have stumbled over.
    private static let tokens: [String] = [
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615",
        "9007199254740992",
        "9007199254740993", "-9007199254740993", "2147483647", "-2147483648", "4294967296", "9223372036854775",
        "4102444800000", "4102444799999", "253402300800", "-1", "0", "-0", "00", "1e308", "1e400", "-1e400", "1e-400",
        "9.3e18", "NaN", "nan", "inf", "0x1p9", ".", "-", "+", "1.", ".5", "null", "true", "\"", "\\", "\\u0000",
        "\\ud800", "{", "}", "[", "]", ",", ":", "=", "&", "%", "%00", "%2B", "%ff", "+01:00", "T24:00", "-00:00",
        "2024-02-30", "9999-12-31T23:59:59+15:59", "0000-01-01", "á́́́", "👩‍👩‍👧‍👦", "\u{FEFF}", "\u{202E}", "\n", "\0", " ",
    ]

    private static let signs = Array("+&=%1,.:[{\"\\ é-".utf8)
    private static let numbers: [UInt64] = [
        .max, .max - 1, 1 << 63, (1 << 63) - 1, 1 << 53, (1 << 53) + 1, 0, 127, 128,
    ]

    let corpus: [[UInt8]]
    /// Bytes of an input at most.
    let longest: Int

    /// - Parameter dice: the same give the same input.
    func input(_ dice: inout SeededRandom) -> [UInt8] {
        var bytes = corpus.randomElement(using: &dice)!
        for _ in 0..<dice.number(0...6) { mutate(&bytes, &dice) }
        return bytes.count > longest ? Array(bytes[..<longest]) : bytes
    }

    private func mutate(_ bytes: inout [UInt8], _ dice: inout SeededRandom) {
        let place = dice.number(0...bytes.count)
        switch dice.number(0...11) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(dice.number(0...7))
        case 1 where place < bytes.count: bytes[place] = UInt8(dice.number(0...255))
        case 2: bytes.insert(UInt8(dice.number(0...255)), at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + dice.number(1...16)))
        case 4: bytes.removeSubrange(place...)
        case 5:
            let end = min(bytes.count, place + dice.number(1...64))
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 6:
            let other = corpus.randomElement(using: &dice)!
            bytes = Array(bytes[..<place]) + other[min(other.count, dice.number(0...max(1, other.count)))...]
        case 7: bytes.insert(contentsOf: Self.token(&dice), at: place)
        case 8:
            // A long run of one sign: what is quadratic shows.
            let sign = Self.signs.randomElement(using: &dice)!
            bytes.insert(contentsOf: repeatElement(sign, count: 1 << dice.number(4...13)), at: place)
        case 9:
            // A whole number of a batch.
            let value = Self.numbers.randomElement(using: &dice)!
            bytes.replaceSubrange(place..<min(bytes.count, place + 1), with: Self.varint(value))
        default: replaceNumber(in: &bytes, from: place, with: Self.token(&dice))
        }
    }

    /// The next run of digits becomes another number.
    private func replaceNumber(in bytes: inout [UInt8], from place: Int, with token: [UInt8]) {
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        guard let start = bytes[place...].firstIndex(where: isDigit) ?? bytes.firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: token)
    }

    private static func token(_ dice: inout SeededRandom) -> [UInt8] { Array(tokens.randomElement(using: &dice)!.utf8) }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
