/// A JSON value (RFC 8259) whose members keep their order: answers read as the documentation shows them, and the same
/// tools and messages always give the same bytes, which is what providers' prompt caches go by.
package enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    /// What is no finite number is written as `null`, for JSON knows no other.
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The member of an object; `nil` for any other value, and where there is none.
    package subscript(name: String) -> JSON? { members?.first { $0.name == name }?.value }

    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    package var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    package var text: String? { if case .string(let text) = self { text } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var isNull: Bool { self == .null }

    /// The value of a number of either kind.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// A whole number, also one that is written `3.0`.
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
    package init(dictionaryLiteral members: (String, JSON)...) { self = .object(members.map(Member.init)) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }

    /// `null` where there is nothing.
    package init(_ text: String?) { self = text.map { .string($0) } ?? .null }
}
