/// The words for reasons in one language, from a table of templates.
///
/// A placeholder in a template is the name of a parameter, `{celsius}`, or `{place}`: the room's temperature in relation
/// to the one that is regulated for. Of several templates, the first applies all of whose placeholders are given.
package struct ControlReasonWording: Sendable {
    /// The language, by its code of ISO 639-1: `en`.
    package let language: String
    /// The decimal separator.
    let decimalSeparator: String
    /// Returns the templates for a code.
    let sentences: @Sendable (ControlReason.Code) -> [String]
    /// The templates for `{place}`.
    let places: [String]
    /// Returns the template for a cause, which follows its sentence in parentheses.
    let causes: @Sendable (ControlReason.CauseCode) -> String
    /// The note that the room's temperature is estimated.
    let estimate: String

    /// The wordings in all languages.
    package static let all = [english, german]

    /// Returns the reason in words: `heating: 1.2 K below the set-point of 22 °C`.
    package func words(for reason: ControlReason) -> String {
        var values: [String: String] = [:]
        for parameter in reason.parameters { values[parameter.name.rawValue] = words(for: parameter.value) }
        values["place"] = Self.filled(places, values)
        guard var words = Self.filled(sentences(reason.code), values) else { return reason.text }
        let cause = reason.cause.flatMap { Self.filled([causes($0.code)], values) }
        let notes = [cause, values[ControlReason.Parameter.estimated.rawValue]].compactMap(\.self)
        if !notes.isEmpty { words += " (\(notes.joined(separator: "; ")))" }
        return words
    }

    /// Returns a reason in words as it was stored or received. A text that is not a reason is returned as it is.
    package func words(forStored text: String) -> String { ControlReason(text: text).map(words) ?? text }

    private func words(for value: ControlReason.Value) -> String {
        switch value {
        case .number(let number):
            number.text.split(separator: ".", omittingEmptySubsequences: false).joined(separator: decimalSeparator)
        case .time(let time): time.text
        case .span(let span): span.words
        case .cause(let cause): cause.rawValue
        case .yes: estimate
        }
    }

    /// Returns the first template all of whose placeholders are given, filled in; `nil` if there is none.
    private static func filled(_ templates: [String], _ values: [String: String]) -> String? {
        for template in templates {
            if let filled = filled(template, values) { return filled }
        }
        return nil
    }

    private static func filled(_ template: String, _ values: [String: String]) -> String? {
        let parts = template.split(separator: "{", omittingEmptySubsequences: false)
        var text = String(parts[0])
        for part in parts.dropFirst() {
            guard let end = part.firstIndex(of: "}"), let value = values[String(part[..<end])] else { return nil }
            text += value + part[part.index(after: end)...]
        }
        return text
    }
}
