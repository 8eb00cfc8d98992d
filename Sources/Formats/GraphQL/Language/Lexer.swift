/// The lexer, which splits a document into tokens (specification, section 2.1 and appendix B).
struct Lexer {
    private let bytes: [UInt8]
    private let source: Source
    private var index = 0

    init(_ source: Source) {
        self.source = source
        bytes = source.bytes
        // Skip a byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    mutating func next() throws(GraphQLError) -> Token {
        skipIgnored()
        let start = index
        guard index < bytes.count else { return Token(kind: .end, offset: start) }
        switch bytes[index] {
        case UInt8(ascii: "."):
            guard peek(1) == UInt8(ascii: "."), peek(2) == UInt8(ascii: ".") else {
                throw error("a single dot: write “...” to spread a fragment", at: start)
            }
            index += 3
            return Token(kind: .punctuator("..."), offset: start)
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
            index += 1
            return Token(kind: .punctuator(String(UnicodeScalar(bytes[start]))), offset: start)
        case UInt8(ascii: "\""):
            if peek(1) == UInt8(ascii: "\""), peek(2) == UInt8(ascii: "\"") {
                return Token(kind: .string(try blockString(), isBlock: true), offset: start)
            }
            return Token(kind: .string(try string(), isBlock: false), offset: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case let byte where Self.isNameStart(byte):
            while index < bytes.count, Self.isNameContinue(bytes[index]) { index += 1 }
            return Token(kind: .name(text(start..<index)), offset: start)
        default: throw error("unexpected character \(shownCharacter(at: start))", at: start)
        }
    }

    private mutating func skipIgnored() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x09, 0x0A, 0x0D, 0x20, UInt8(ascii: ","): index += 1
            case UInt8(ascii: "#"):
                while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
            default: return
            }
        }
    }

    private mutating func number() throws(GraphQLError) -> Token {
        let start = index
        var isFloat = false
        if peek(0) == UInt8(ascii: "-") { index += 1 }
        if peek(0) == UInt8(ascii: "0") {
            index += 1
            if let digit = peek(0), Self.isDigit(digit) {
                throw error("a number has a leading zero", at: index)
            }
        } else {
            try digits()
        }
        if peek(0) == UInt8(ascii: ".") {
            isFloat = true
            index += 1
            try digits()
        }
        if peek(0) == UInt8(ascii: "e") || peek(0) == UInt8(ascii: "E") {
            isFloat = true
            index += 1
            if peek(0) == UInt8(ascii: "+") || peek(0) == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        if let byte = peek(0), byte == UInt8(ascii: ".") || Self.isNameStart(byte) {
            throw error("a number is followed by \(shownCharacter(at: index))", at: index)
        }
        let digits = text(start..<index)
        return Token(kind: isFloat ? .float(digits) : .int(digits), offset: start)
    }

    private mutating func digits() throws(GraphQLError) {
        guard let first = peek(0), Self.isDigit(first) else {
            throw error("a number lacks a digit before \(shownCharacter(at: index))", at: index)
        }
        while let byte = peek(0), Self.isDigit(byte) { index += 1 }
    }

    private mutating func string() throws(GraphQLError) -> String {
        index += 1
        var content: [UInt8] = []
        while let byte = peek(0) {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: content, as: UTF8.self)
            case 0x0A, 0x0D: throw error("a string is not terminated on its line", at: index)
            case UInt8(ascii: "\\"): content += try escape()
            case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F:
                throw error("a string contains a control character: escape it as \\u…", at: index)
            default:
                content.append(byte)
                index += 1
            }
        }
        throw error("a string is not terminated", at: index)
    }

    private mutating func escape() throws(GraphQLError) -> [UInt8] {
        let start = index
        index += 2
        switch peek(-1) {
        case UInt8(ascii: "\""): return [0x22]
        case UInt8(ascii: "\\"): return [0x5C]
        case UInt8(ascii: "/"): return [0x2F]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var code = try hexadecimal(from: start)
            // A character beyond the basic plane is written as two surrogates.
            if (0xD800...0xDBFF).contains(code), peek(0) == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u") {
                index += 2
                let low = try hexadecimal(from: start)
                guard (0xDC00...0xDFFF).contains(low) else {
                    throw error("a surrogate is unpaired", at: start)
                }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = UnicodeScalar(code) else {
                throw error("an escape is not a Unicode character", at: start)
            }
            return Array(String(Character(scalar)).utf8)
        default: throw error("a string contains an unknown escape", at: start)
        }
    }

    private mutating func hexadecimal(from start: Int) throws(GraphQLError) -> UInt32 {
        guard index + 4 <= bytes.count else { throw error("an escape lacks digits", at: start) }
        let digits = text(index..<index + 4)
        guard digits.utf8.allSatisfy({ Self.isHexadecimal($0) }), let code = UInt32(digits, radix: 16) else {
            throw error("an escape needs four hexadecimal digits", at: start)
        }
        index += 4
        return code
    }

    private mutating func blockString() throws(GraphQLError) -> String {
        let start = index
        index += 3
        var content: [UInt8] = []
        while let byte = peek(0) {
            if byte == UInt8(ascii: "\""), peek(1) == UInt8(ascii: "\""), peek(2) == UInt8(ascii: "\"") {
                index += 3
                return BlockString.value(of: content)
            }
            if byte == UInt8(ascii: "\\"), peek(1) == 0x22, peek(2) == 0x22, peek(3) == 0x22 {
                content += [0x22, 0x22, 0x22]
                index += 4
            } else {
                content.append(byte)
                index += 1
            }
        }
        throw error("a block string is not terminated", at: start)
    }

    // MARK: Bytes

    private func peek(_ distance: Int) -> UInt8? {
        let place = index + distance
        return bytes.indices.contains(place) ? bytes[place] : nil
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func shownCharacter(at offset: Int) -> String {
        guard offset < bytes.count, let character = String(decoding: bytes[offset...].prefix(4), as: UTF8.self).first
        else { return "the end" }
        return "“\(character)”"
    }

    private func error(_ message: String, at offset: Int) -> GraphQLError {
        GraphQLError("Syntax error: \(message).", locations: [source.location(of: offset)])
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func isNameContinue(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }
}

/// The algorithm `BlockStringValue` of the specification, section 2.9.4.
enum BlockString {
    /// Returns the value of a block string.
    ///
    /// - Parameter raw: The contents in UTF-8, in which all significant characters are single bytes.
    static func value(of raw: [UInt8]) -> String {
        var lines = lines(of: raw)
        var common = Int.max
        for line in lines.dropFirst() {
            let indent = line.prefix(while: isBlank).count
            if indent < line.count { common = min(common, indent) }
        }
        if common < .max {
            for index in lines.indices.dropFirst() { lines[index] = lines[index].dropFirst(common) }
        }
        let first = lines.firstIndex { !$0.allSatisfy(isBlank) } ?? lines.endIndex
        let last = lines.lastIndex { !$0.allSatisfy(isBlank) } ?? first - 1
        guard first <= last else { return "" }
        return String(decoding: Array(lines[first...last].joined(separator: [0x0A])), as: UTF8.self)
    }

    /// Splits the contents into lines, which end with “\n”, “\r” or both.
    private static func lines(of raw: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            guard byte == 0x0A || byte == 0x0D else {
                index += 1
                continue
            }
            lines.append(raw[start..<index])
            index += byte == 0x0D && index + 1 < raw.count && raw[index + 1] == 0x0A ? 2 : 1
            start = index
        }
        return lines + [raw[start...]]
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
