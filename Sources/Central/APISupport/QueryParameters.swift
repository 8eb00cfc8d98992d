internal import Foundation
package import Hummingbird

/// The query of a request, read strictly: what is not known, stands twice or cannot be decoded is an error, for a
/// parameter that is silently ignored gives answers to another question.
package struct QueryParameters: Sendable {
    private let values: [String: [String]]

    /// - Parameter repeatable: those of `known` that may stand several times.
    /// - Throws: `APIError` 400.
    package init(_ request: Request, known: Set<String>, repeatable: Set<String> = []) throws {
        var values: [String: [String]] = [:]
        for part in (request.uri.query ?? "").split(separator: "&") {
            let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = String(pieces[0]).removingPercentEncoding,
                let value = pieces.count == 2 ? Self.decoded(pieces[1]) : ""
            else {
                throw APIError.badRequest(
                    code: "bad_query", "The query cannot be decoded at “\(part.prefix(80))”.",
                    hint: "Percent-encode it as UTF-8.")
            }
            guard known.contains(name) else {
                let list = known.sorted().joined(separator: ", ")
                throw APIError.badRequest(
                    code: "unknown_parameter", "There is no parameter “\(name.prefix(80))” here.",
                    hint: known.isEmpty ? "This takes none." : "There are \(list).")
            }
            guard values[name] == nil || repeatable.contains(name) else {
                throw APIError.badRequest(
                    code: "repeated_parameter", "The parameter “\(name)” stands twice.", hint: "Give it once.")
            }
            values[name, default: []].append(value)
        }
        self.values = values
    }

    /// Takes the percent-encoding off. A plus is a space, as forms encode it, but where it stands before the offset of a
    /// time. Reads each byte once, however many pluses there are.
    private static func decoded(_ text: Substring) -> String? {
        var value = ""
        var hasColon = false
        var isFirst = true
        for part in text.split(separator: "+", omittingEmptySubsequences: false) {
            guard let part = String(part).removingPercentEncoding else { return nil }
            if !isFirst { value += hasColon && isOffset(part) ? "+" : " " }
            value += part
            isFirst = false
            hasColon = hasColon || part.utf8.contains(UInt8(ascii: ":"))
        }
        return value
    }

    /// `01`, `0100` or `01:00`.
    private static func isOffset(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(6))
        var digits = bytes
        switch bytes.count {
        case 2, 4: break
        case 5 where bytes[2] == UInt8(ascii: ":"): digits.remove(at: 2)
        default: return false
        }
        return digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Whether there are none.
    package var isEmpty: Bool { values.isEmpty }

    /// As given; `nil` where the parameter is not there.
    package func text(_ name: String) -> String? { values[name]?.first }

    /// The same, but what is left empty, as forms do, is not there.
    package func filled(_ name: String) -> String? { text(name).flatMap { $0.isEmpty ? nil : $0 } }

    /// As given, each time that the parameter stands there.
    package func texts(_ name: String) -> [String] { values[name] ?? [] }

    /// What stands between commas, without spaces around it, each time that the parameter stands there.
    package func list(_ name: String) -> [String] {
        texts(name).flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// One of `choices`; `nil` where the parameter is not there.
    ///
    /// - Throws: `APIError` 400 that names them.
    package func choice<Choice: RawRepresentable<String>>(_ name: String, of choices: [Choice]) throws -> Choice? {
        guard let text = text(name) else { return nil }
        guard let choice = choices.first(where: { $0.rawValue == text }) else {
            throw APIError.badRequest(
                code: "bad_parameter", "“\(text.prefix(80))” is no \(name).",
                hint: "There are \(choices.map(\.rawValue).joined(separator: ", ")).")
        }
        return choice
    }

    /// A whole number; `nil` where the parameter is not there.
    package func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Self.integer(text), range.contains(value) else {
            throw APIError.badRequest(
                code: "bad_parameter",
                "“\(text.prefix(80))” is no whole number from \(range.lowerBound) to \(range.upperBound).",
                hint: "Correct the parameter \(name).")
        }
        return value
    }

    /// Plain digits only: `Int` would take `+5` as well.
    ///
    /// - Returns: `nil` if `text` is something else, or more than an `Int` can be.
    package static func integer(_ text: String) -> Int? {
        text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } ? Int(text) : nil
    }

    /// A decimal number such as `295.15`, `.5` or `2.9515e2`, of at most `longestNumber` characters: `Double` would take
    /// `nan`, `inf` and hexadecimal as well.
    package static func number(_ text: String) -> Double? {
        var rest = text.utf8[...]
        guard rest.count <= longestNumber else { return nil }
        func take(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        func digits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        _ = take("+-")
        let whole = digits()
        let decimals = take(".") ? digits() : 0
        guard whole > 0 || decimals > 0 else { return nil }
        if take("eE") {
            _ = take("+-")
            guard (1...3).contains(digits()) else { return nil }
        }
        return rest.isEmpty ? Double(text) : nil
    }

    /// More digits say nothing about a `Double`.
    package static let longestNumber = 400
}

extension CallContext {
    /// The number in the path at `name`.
    ///
    /// - Throws: `APIError` 400 where it is none.
    package func identifier(_ name: String) throws -> Int {
        let text = parameters.get(name) ?? ""
        guard let value = QueryParameters.integer(text), value > 0 else {
            throw APIError.badRequest(
                code: "bad_identifier", "“\(text.prefix(80))” is no id of a \(name).",
                hint: "Ids are whole numbers from 1; the lists name them.")
        }
        return value
    }
}
