/// A JSON value (RFC 8259) whose members keep their order: answers read as in the documentation, and the same tools and
/// messages always give the same bytes, on which providers' prompt caches depend.
package enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    /// A number with a fraction or exponent. One that is not finite is written as `null`, since JSON has no notation
    /// for it.
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    /// A member of an object.
    package struct Member: Sendable, Equatable {
        /// The member's name, without escapes.
        package var name: String
        /// The member's value.
        package var value: JSON

        /// Creates a member.
        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The first member of an object with this name; `nil` if there is none, or if the value is not an object.
    package subscript(name: String) -> JSON? { members?.first { $0.name == name }?.value }

    /// The members of an object; `nil` for other values.
    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    /// The elements of an array; `nil` for other values.
    package var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    /// The text of a string; `nil` for other values.
    package var text: String? { if case .string(let text) = self { text } else { nil } }
    /// The value of a Boolean; `nil` for other values.
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// A Boolean value that indicates whether the value is null.
    package var isNull: Bool { self == .null }

    /// The value of a number of either kind; `nil` for other values.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The value of a whole number, even if written as `3.0`; `nil` for other values.
    package var int: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    /// Creates an object from a dictionary literal, in its order.
    package init(dictionaryLiteral members: (String, JSON)...) { self = .object(members.map(Member.init)) }
    /// Creates an array from an array literal.
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// Creates a string from a literal.
    package init(stringLiteral text: String) { self = .string(text) }
    /// Creates a whole number from a literal.
    package init(integerLiteral value: Int) { self = .integer(value) }
    /// Creates a number from a literal.
    package init(floatLiteral value: Double) { self = .number(value) }
    /// Creates a Boolean from a literal.
    package init(booleanLiteral value: Bool) { self = .bool(value) }

    /// Creates a string, or null if `text` is `nil`.
    package init(_ text: String?) { self = text.map { .string($0) } ?? .null }
}
