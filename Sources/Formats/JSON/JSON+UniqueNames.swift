extension JSON {
    /// Checks that all readers understand a JSON text alike: throws if an object contains one name twice (RFC 8259,
    /// section 4: “behavior … is unpredictable”), or if the text is UTF-16 or UTF-32 instead of UTF-8.
    ///
    /// Use it for texts from outside that `JSONDecoder` decodes, which silently picks one of the two. It makes one pass
    /// over the bytes and checks nothing else: whether the text is JSON at all is left to the decoder.
    ///
    /// - Throws: `Malformed`, with the name in question.
    package static func requireUniqueNames(in bytes: [UInt8]) throws(Malformed) {
        // ASCII characters have zero bytes in any other encoding, and JSON in UTF-8 has none.
        guard !bytes.contains(0) else { throw Malformed(description: "not JSON: it must be UTF-8, without NUL") }
        var scan = NameScan(bytes: bytes)
        if let (name, position) = scan.firstRepetition() {
            throw Malformed(
                description:
                    "not JSON: the duplicate name \(String(name.prefix(40)).debugDescription) at byte \(position)")
        }
    }

    /// Returns whether `requireUniqueNames` accepts the text.
    package static func hasUniqueNames(_ bytes: [UInt8]) -> Bool { (try? requireUniqueNames(in: bytes)) != nil }
}

/// One pass over a JSON text that looks only at the names in its objects.
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

    /// Returns the bytes between the quotes and moves `position` past them; `nil` if the text does not end.
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

    /// Returns the text without escapes: `"\u0076alue"` is `value`.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
        guard text.contains(UInt8(ascii: "\\")) else { return String(decoding: text, as: UTF8.self) }
        let quote = [UInt8(ascii: "\"")]
        return (try? JSON(parsing: quote + text + quote))?.text ?? String(decoding: text, as: UTF8.self)
    }
}
