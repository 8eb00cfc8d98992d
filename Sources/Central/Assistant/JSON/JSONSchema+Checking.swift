internal import CivilTime
package import JSON

extension JSONSchema {
    /// Returns the violations in `value`, each as a sentence with the place, the expected and the actual value, so that
    /// a model can correct its call. It is strict: a number in quotes is not a number.
    package func violations(in value: JSON) -> [String] {
        var found: [String] = []
        check(value, at: "", into: &found)
        return found
    }

    private func check(_ value: JSON, at path: String, into found: inout [String]) {
        let place = path.isEmpty ? "The arguments" : "“\(path)”"
        func expected(_ what: String) {
            let got = value.description
            found.append("\(place) must be \(what)\(isNullable ? " or null" : ""), got \(Self.shortened(got)).")
        }
        if value.isNull, isNullable { return }
        switch shape {
        case .string(let lengths):
            guard let text = value.text else { return expected("a string") }
            guard lengths.contains(text.unicodeScalars.count) else {
                return expected("a string of \(lengths.lowerBound) to \(lengths.upperBound) characters")
            }
        case .dateTime:
            guard let text = value.text, ISO8601Time(text)?.moment(in: .utc) != nil else {
                return expected("an ISO 8601 date-time such as 2026-03-29T22:00:00+02:00")
            }
        case .choice(let names):
            guard let text = value.text, names.contains(text) else {
                return expected("one of " + names.map { "“\($0)”" }.joined(separator: ", "))
            }
        case .number(let range):
            guard let number = value.double, range.contains(number) else {
                return expected("a number from \(JSON(range.lowerBound)) to \(JSON(range.upperBound))")
            }
        case .integer(let range):
            guard let number = value.int, range.contains(number) else {
                return expected("a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
        case .bool:
            guard value.bool != nil else { return expected("true or false") }
        case .array(let element, let counts):
            guard let elements = value.elements else { return expected("an array") }
            guard counts.contains(elements.count) else {
                return expected("an array of \(counts.lowerBound) to \(counts.upperBound) elements")
            }
            for (index, item) in elements.enumerated() { element.check(item, at: "\(path)[\(index)]", into: &found) }
        case .object(let properties):
            guard let members = value.members else { return expected("an object") }
            for property in properties {
                let inner = path.isEmpty ? property.name : "\(path).\(property.name)"
                if let member = value[property.name] {
                    property.schema.check(member, at: inner, into: &found)
                } else if property.isRequired {
                    found.append("“\(inner)” is required and missing.")
                }
            }
            let names = properties.map(\.name)
            for member in members where !names.contains(member.name) {
                let allowed = names.isEmpty ? "None are allowed." : "Allowed: \(names.joined(separator: ", "))."
                found.append("\(place) must not have “\(Self.shortened(member.name))”. \(allowed)")
            }
        }
    }

    private static func shortened(_ text: String) -> String { text.count > 80 ? text.prefix(80) + "…" : text }
}
