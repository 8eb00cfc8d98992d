extension JSON {
    /// The reason a text is not valid JSON.
    package struct Malformed: Error, Sendable, CustomStringConvertible {
        /// The reason with the byte offset: `not JSON: a colon is missing at byte 7`.
        package var description: String
    }

    /// Parses one JSON text (RFC 8259) of at most 64 levels. An object in which one name occurs twice is rejected,
    /// because which of the two counts would be a guess.
    package init(parsing text: some StringProtocol) throws(Malformed) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Parses one JSON text in UTF-8, by the same rules.
    package init(parsing bytes: [UInt8]) throws(Malformed) {
        var reader = JSONReader(bytes: bytes)
        self = try reader.whole()
    }
}

private struct JSONReader {
    let bytes: [UInt8]
    var position = 0
    static let deepest = 64

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func whole() throws(JSON.Malformed) -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw malformed("unexpected data after the value") }
        return value
    }

    private func malformed(_ what: String) -> JSON.Malformed {
        JSON.Malformed(description: "not JSON: \(what) at byte \(position)")
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSON.Malformed) -> JSON {
        guard depth < Self.deepest else { throw malformed("nested deeper than \(Self.deepest) levels") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw malformed("unexpected end")
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(JSON.Malformed) -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { throw malformed("an unknown literal") }
        position += word.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws(JSON.Malformed) -> JSON {
        position += 1
        var members: [JSON.Member] = []
        var names: Set<String> = []
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw malformed("a member's name is missing") }
            let name = try string()
            guard names.insert(name).inserted else { throw malformed("the duplicate name \(name.prefix(40))") }
            guard take(":") else { throw malformed("a colon is missing") }
            members.append(.init(name, try value(depth: depth + 1)))
        } while take(",")
        guard take("}") else { throw malformed("a closing brace is missing") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSON.Malformed) -> JSON {
        position += 1
        var elements: [JSON] = []
        if take("]") { return .array([]) }
        repeat { elements.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw malformed("a closing bracket is missing") }
        return .array(elements)
    }

    private mutating func number() throws(JSON.Malformed) -> JSON {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
            throw malformed("an unexpected character")
        }
        var isWhole = true
        if next == UInt8(ascii: ".") {
            position += 1
            isWhole = false
            guard digits() > 0 else { throw malformed("a digit is missing") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            isWhole = false
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            guard digits() > 0 else { throw malformed("a digit is missing") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw malformed("a number out of range") }
        return .number(value)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func string() throws(JSON.Malformed) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw malformed("not UTF-8") }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw malformed("a control character in a string")
            default: text.append(byte)
            }
        }
        throw malformed("an unterminated string")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSON.Malformed) {
        guard let byte = next else { throw malformed("an unterminated string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try fourDigits()
            if (0xD800..<0xDC00).contains(code) {
                guard next == UInt8(ascii: "\\") else { throw malformed("an unpaired surrogate") }
                position += 1
                guard next == UInt8(ascii: "u") else { throw malformed("an unpaired surrogate") }
                position += 1
                let low = try fourDigits()
                guard (0xDC00..<0xE000).contains(low) else { throw malformed("an unpaired surrogate") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw malformed("an unpaired surrogate") }
            text += Array(String(Character(scalar)).utf8)
        default: throw malformed("an unknown escape")
        }
    }

    private mutating func fourDigits() throws(JSON.Malformed) -> UInt32 {
        guard position + 4 <= bytes.count,
            bytes[position..<position + 4].allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw malformed("four hexadecimal digits are missing") }
        position += 4
        return code
    }
}
