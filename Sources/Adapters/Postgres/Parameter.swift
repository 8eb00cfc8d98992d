internal import Building
package import struct Foundation.UUID

/// A value for `$1`, `$2`, … of a statement, with its PostgreSQL type. Values never become part of the SQL text.
package struct Parameter: Sendable {
    /// The type's OID in `pg_type`.
    let type: UInt32
    /// The value in PostgreSQL's text format, without the closing NUL; `nil` for NULL.
    let text: String?

    /// Returns a `boolean`; NULL for `nil`.
    package static func bool(_ value: Bool?) -> Parameter {
        Parameter(type: 16, text: value.map { $0 ? "t" : "f" })
    }

    /// Returns a `bigint`; NULL for `nil`.
    package static func int(_ value: Int?) -> Parameter { Parameter(type: 20, text: value.map(String.init)) }

    /// Returns a `bigint`; NULL for `nil`.
    package static func bigint(_ value: Int64?) -> Parameter {
        Parameter(type: 20, text: value.map { String($0) })
    }

    /// Returns a `double precision`; NULL for `nil`.
    package static func double(_ value: Double?) -> Parameter {
        Parameter(type: 701, text: value.map(Self.spelled))
    }

    /// Returns a `text`; NULL for `nil`. PostgreSQL refuses text that contains NUL characters.
    package static func text(_ value: String?) -> Parameter { Parameter(type: 25, text: value) }

    /// Returns a `uuid`; NULL for `nil`.
    package static func uuid(_ value: UUID?) -> Parameter { Parameter(type: 2950, text: value?.uuidString) }

    /// Returns a `bytea`.
    package static func bytes(_ value: [UInt8]) -> Parameter {
        Parameter(type: 17, text: "\\x" + value.hexadecimal)
    }

    /// Returns a `jsonb` from JSON text; NULL for `nil`.
    package static func json(_ value: String?) -> Parameter { Parameter(type: 3802, text: value) }

    /// Returns a `bigint[]`.
    package static func integers(_ values: [Int]) -> Parameter {
        Parameter(type: 1016, text: Self.array(values) { String($0) })
    }

    /// Returns a `bigint[]`.
    package static func bigints(_ values: [Int64]) -> Parameter {
        Parameter(type: 1016, text: Self.array(values) { String($0) })
    }

    /// Returns a `double precision[]`, with NULL for `nil` elements.
    package static func doubles(_ values: [Double?]) -> Parameter {
        Parameter(type: 1022, text: Self.array(values) { $0.map(Self.spelled) })
    }

    /// Returns a `text[]`, with NULL for `nil` elements.
    package static func texts(_ values: [String?]) -> Parameter {
        Parameter(type: 1009, text: Self.array(values) { $0.map(Self.quoted) })
    }

    private static func array<Value>(_ values: [Value], _ spell: (Value) -> String?) -> String {
        var text = "{"
        for (index, value) in values.enumerated() {
            if index > 0 { text += "," }
            text += spell(value) ?? "NULL"
        }
        return text + "}"
    }

    /// Returns the text as an element of an array: in quotes, with quotes and backslashes escaped.
    private static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }

    private static func spelled(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return value.description
    }
}
