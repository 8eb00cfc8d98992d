internal import APISupport
internal import JSON
internal import Yams

/// A YAML text as JSON, by the rules of YAML's JSON schema: plain `true`, `false`, `null` and numbers have their types,
/// everything else is a string. So a time needs no quotes, and `no` is a word. A key without a value is an error,
/// because an unquoted text with a comma produces one: `{ description: Here, and there }`.
struct YAMLDocument {
    let json: JSON

    /// Parses a YAML text.
    ///
    /// - Throws: Yams' errors, which name line and column; `YAMLDocument.NotJSON`.
    init(_ text: String) throws {
        json = try Self.json(Yams.compose(yaml: text))
    }

    struct NotJSON: Error, CustomStringConvertible {
        var description: String
    }

    private static func json(_ node: Node?) throws -> JSON {
        switch node {
        case .scalar(let scalar)?: return try json(scalar)
        case .sequence(let nodes)?: return .array(try nodes.map { try json($0) })
        case .mapping(let pairs)?:
            return .object(
                try pairs.map { key, value in
                    guard let name = key.scalar?.string else {
                        throw NotJSON(description: "a key is not a string, near \(key.mark.map { "\($0)" } ?? "?")")
                    }
                    return .init(name, try json(value))
                })
        case .alias(let alias)?: throw NotJSON(description: "undefined anchor \(alias.anchor)")
        case nil: return .null
        }
    }

    private static func json(_ scalar: Node.Scalar) throws -> JSON {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        switch scalar.string {
        case "":
            let place = scalar.mark.map { "\($0)" } ?? "?"
            throw NotJSON(description: "missing value at \(place): quote a string that contains a comma")
        case "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        case let text:
            guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
                return .string(text)
            }
            if let whole = Int(text) { return .integer(whole) }
            // Numbers that Swift parses but JSON doesn't allow begin differently or have letters: 0x10, 1e400.
            guard text.utf8.allSatisfy({ "+-.eE0123456789".utf8.contains($0) }), let number = Double(text),
                number.isFinite
            else { return .string(text) }
            return .number(number)
        }
    }
}
