internal import Foundation
package import Hummingbird

/// The query of a request, read strictly: an unknown, repeated or undecodable parameter is an error, because a
/// parameter that is silently ignored gives the answer to another question.
package struct QueryParameters: Sendable {
    private let values: [String: [String]]

    /// Reads the query of a request.
    ///
    /// - Parameters:
    ///   - known: The names of all accepted parameters.
    ///   - repeatable: Those of `known` that may occur several times.
    /// - Throws: `APIError` 400.
    package init(_ request: Request, known: Set<String>, repeatable: Set<String> = []) throws {
        var values: [String: [String]] = [:]
        for part in (request.uri.query ?? "").split(separator: "&") {
            let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = String(pieces[0]).removingPercentEncoding,
                let value = pieces.count == 2 ? Self.decoded(pieces[1]) : ""
            else {
                throw APIError.badRequest(
                    code: "bad_query", "The query string cannot be decoded at “\(part.prefix(80))”.",
                    hint: "Percent-encode it as UTF-8.")
            }
            guard known.contains(name) else {
                let list = known.sorted().joined(separator: ", ")
                throw APIError.badRequest(
                    code: "unknown_parameter", "Unknown parameter “\(name.prefix(80))”.",
                    hint: known.isEmpty ? "This path takes none." : "Possible: \(list).")
            }
            guard values[name] == nil || repeatable.contains(name) else {
                throw APIError.badRequest(
                    code: "repeated_parameter", "The parameter “\(name)” is repeated.", hint: "Send it once.")
            }
            values[name, default: []].append(value)
        }
        self.values = values
    }

    /// Removes the percent-encoding. A plus is a space, as forms encode it, except before the offset of a time. Reads
    /// each byte once, however many pluses there are.
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

    /// Returns whether `text` begins like an offset: `01`, `0100` or `01:00`.
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

    /// A Boolean value that indicates whether the query has no parameters.
    package var isEmpty: Bool { values.isEmpty }

    /// Returns the value as given; `nil` if the parameter is absent.
    package func text(_ name: String) -> String? { values[name]?.first }

    /// Returns the value as given; `nil` if the parameter is absent or empty, as forms send it.
    package func filled(_ name: String) -> String? { text(name).flatMap { $0.isEmpty ? nil : $0 } }

    /// Returns the value of every occurrence of the parameter.
    package func texts(_ name: String) -> [String] { values[name] ?? [] }

    /// Returns the comma-separated values of every occurrence of the parameter, without surrounding spaces.
    package func list(_ name: String) -> [String] {
        texts(name).flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// Returns one of `choices`; `nil` if the parameter is absent.
    ///
    /// - Throws: `APIError` 400 that lists the choices.
    package func choice<Choice: RawRepresentable<String>>(_ name: String, of choices: [Choice]) throws -> Choice? {
        guard let text = text(name) else { return nil }
        guard let choice = choices.first(where: { $0.rawValue == text }) else {
            throw APIError.badRequest(
                code: "bad_parameter", "“\(text.prefix(80))” is not a valid \(name).",
                hint: "Possible: \(choices.map(\.rawValue).joined(separator: ", ")).")
        }
        return choice
    }

    /// Returns a whole number; `nil` if the parameter is absent.
    ///
    /// - Throws: `APIError` 400 if it is not a whole number within `range`.
    package func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Self.integer(text), range.contains(value) else {
            throw APIError.badRequest(
                code: "bad_parameter",
                "“\(text.prefix(80))” is not a whole number from \(range.lowerBound) to \(range.upperBound).",
                hint: "Correct the parameter \(name).")
        }
        return value
    }

    /// Parses a whole number of plain digits: `Int` would accept `+5` as well.
    ///
    /// - Returns: `nil` if `text` is anything else, or too large for an `Int`.
    package static func integer(_ text: String) -> Int? {
        text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } ? Int(text) : nil
    }

    /// Parses a decimal number such as `295.15`, `.5` or `2.9515e2` of at most `longestNumber` characters: `Double`
    /// would accept `nan`, `inf` and hexadecimal as well.
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

    /// The largest number of characters in a number. More digits do not change a `Double`.
    package static let longestNumber = 400
}

extension CallContext {
    /// Returns the id in the path at `name`, a whole number from 1.
    ///
    /// - Throws: `APIError` 400 with the code `bad_identifier` if it is not an id.
    package func identifier(_ name: String) throws -> Int {
        let text = parameters.get(name) ?? ""
        guard let value = QueryParameters.integer(text), value > 0 else {
            throw APIError.badRequest(
                code: "bad_identifier", "“\(text.prefix(80))” is not a valid \(name) id.",
                hint: "Ids are whole numbers from 1, as given by the lists.")
        }
        return value
    }
}
