extension JSON {
    /// Refuses a JSON text that readers may take for different things: an object in which one name comes twice (RFC 8259,
    /// section 4: “behavior … is unpredictable”), and a text that is not UTF-8 but UTF-16 or UTF-32.
    ///
    /// For texts from outside that `JSONDecoder` decodes, which takes one of the two without a word. It goes once over the
    /// bytes and looks at nothing else: what is not JSON at all, the decoder says.
    ///
    /// - Throws: which name it is.
    package static func requireUniqueNames(in bytes: [UInt8]) throws(Malformed) {
        // ASCII in any other encoding has zeros, and in UTF-8 JSON has none.
        guard !bytes.contains(0) else { throw Malformed(description: "not JSON: it must be UTF-8, without NUL") }
        var scan = NameScan(bytes: bytes)
        if let (name, position) = scan.firstRepetition() {
            throw Malformed(
                description:
                    "not JSON: the name \(String(name.prefix(40)).debugDescription) comes twice at byte \(position)")
        }
    }

    /// Whether `requireUniqueNames` takes it.
    package static func hasUniqueNames(_ bytes: [UInt8]) -> Bool { (try? requireUniqueNames(in: bytes)) != nil }
}

/// One pass over a JSON text that sees nothing but its objects' names.
private struct NameScan {
    let bytes: [UInt8]
    private var position = 0
    /// The names of the objects around `position`, outermost first; `nil` for a list.
    private var names: [Set<String>?] = []

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func firstRepetition() -> (name: String, position: Int)? {
        var expectsName = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let start = position
                guard let text = string() else { return nil }
                guard expectsName, names.last != nil else { continue }
                let name = Self.unescaped(text)
                let isNew = names[names.count - 1]?.insert(name).inserted ?? true
                if !isNew { return (name, start) }
                expectsName = false
                continue
            case UInt8(ascii: "{"):
                names.append([])
                expectsName = true
            case UInt8(ascii: "["):
                names.append(nil)
                expectsName = false
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = names.popLast()
                expectsName = false
            case UInt8(ascii: ","): expectsName = names.last.flatMap { $0 } != nil
            default: break
            }
            position += 1
        }
        return nil
    }

    /// The bytes between the quotes; `position` is behind them then. `nil` if the text does not end.
    private mutating func string() -> ArraySlice<UInt8>? {
        let start = position + 1
        position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\\"): position += 2
            case UInt8(ascii: "\""):
                position += 1
                return bytes[start..<position - 1]
            default: position += 1
            }
        }
        return nil
    }

    /// `"\u0076alue"` is `value`.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
        guard text.contains(UInt8(ascii: "\\")) else { return String(decoding: text, as: UTF8.self) }
        let quote = [UInt8(ascii: "\"")]
        return (try? JSON(parsing: quote + text + quote))?.text ?? String(decoding: text, as: UTF8.self)
    }
}
