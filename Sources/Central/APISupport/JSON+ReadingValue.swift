package import Building
package import JSON

extension JSON {
    /// Creates a number, a string, or `null` if there is no value.
    package init(_ value: ReadingValue?) {
        switch value {
        case .number(let number)?: self = .number(number)
        case .text(let text)?: self = .string(text)
        case nil: self = .null
        }
    }
}
