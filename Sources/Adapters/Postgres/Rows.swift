private import CPostgres

package import struct Foundation.UUID

/// The rows of a statement's result, as libpq received them. Use them only where they were created: read what is
/// needed, and do not pass them on.
package final class Rows {
    private let handle: OpaquePointer

    init(owning handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    /// The number of rows.
    package var count: Int { Int(PQntuples(handle)) }

    /// A Boolean value that indicates whether there are no rows.
    package var isEmpty: Bool { count == 0 }

    /// The number of rows that an `INSERT`, `UPDATE`, `DELETE` or `COPY` affected.
    package var affected: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    /// The server's tag for the executed command: `COMMIT`, `INSERT 0 1`.
    var commandTag: String { String(cString: PQcmdStatus(handle)) }

    /// The row with this index, from 0; traps if there is none.
    package subscript(index: Int) -> Row {
        precondition(index >= 0 && index < count, "row \(index) of \(count)")
        return Row(rows: self, index: Int32(index))
    }

    /// The first row; `nil` if there is none.
    package var first: Row? { isEmpty ? nil : self[0] }

    /// Calls `body` for each row, in order, and returns the results.
    package func map<Value>(_ body: (Row) throws -> Value) rethrows -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for index in 0..<count { values.append(try body(self[index])) }
        return values
    }

    @usableFromInline
    func bytes(row: Int32, column: Int32) -> UnsafeBufferPointer<UInt8>? {
        guard PQgetisnull(handle, row, column) == 0 else { return nil }
        let length = Int(PQgetlength(handle, row, column))
        let start = UnsafeRawPointer(PQgetvalue(handle, row, column)!).assumingMemoryBound(to: UInt8.self)
        return UnsafeBufferPointer(start: start, count: length)
    }

    @usableFromInline
    func columnName(_ column: Int32) -> String {
        PQfname(handle, column).map { String(cString: $0) } ?? "column \(column)"
    }

    /// One row of a result.
    package struct Row {
        @usableFromInline let rows: Rows
        @usableFromInline let index: Int32

        /// Returns the value of a column, counted from 0.
        ///
        /// - Throws: `ColumnError` where it is NULL or no `Value`.
        @inlinable
        package func value<Value: PostgresDecodable>(_ column: Int, as type: Value.Type = Value.self) throws -> Value {
            guard let value = try optional(column, as: type) else {
                throw ColumnError(column: rows.columnName(Int32(column)), expected: Value.meaning, text: nil)
            }
            return value
        }

        /// Returns the value of a column, counted from 0; `nil` if it is NULL.
        ///
        /// - Throws: `PostgresError` if it is not a valid `Value`.
        @inlinable
        package func optional<Value: PostgresDecodable>(
            _ column: Int, as type: Value.Type = Value.self
        ) throws -> Value? {
            guard let bytes = rows.bytes(row: index, column: Int32(column)) else { return nil }
            guard let value = Value(postgresText: bytes) else {
                throw ColumnError(
                    column: rows.columnName(Int32(column)), expected: Value.meaning,
                    text: String(decoding: bytes.prefix(ColumnError.longestText), as: UTF8.self))
            }
            return value
        }
    }
}

/// A type that can be decoded from PostgreSQL's text format.
package protocol PostgresDecodable {
    /// The kind of value, for errors: `Int`.
    static var meaning: String { get }

    /// `nil` where `text` is no such value. The bytes must not be kept.
    init?(postgresText text: UnsafeBufferPointer<UInt8>)
}

extension PostgresDecodable {
    package static var meaning: String { "\(Self.self)" }
}

/// An error for a column whose value cannot be decoded as the requested type. The server worked as intended, so retrying
/// the query, on this server or another, does not help.
package struct ColumnError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The column's name.
    package var column: String
    /// The kind of value that was expected.
    package var expected: String
    /// The column's value, at most `longestText` bytes; `nil` if it is NULL.
    package var text: String?

    /// The longest part of a value that is kept, bytes.
    package static let longestText = 80

    /// Creates an error about a column.
    package init(column: String, expected: String, text: String?) {
        self.column = column
        self.expected = expected
        self.text = text
    }

    package var description: String {
        guard let text else { return "\(column) is NULL where \(expected) was expected." }
        return "\(column) holds “\(text)”, which is not \(expected)."
    }
}

extension String: PostgresDecodable {
    /// Decodes any text; invalid UTF-8 is repaired.
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decoding: text, as: UTF8.self) }
}

extension Bool: PostgresDecodable {
    /// Decodes `t` or `f`.
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) {
        switch text.first {
        case UInt8(ascii: "t"): self = true
        case UInt8(ascii: "f"): self = false
        default: return nil
        }
    }
}

extension FixedWidthInteger {
    fileprivate init?(decimal text: UnsafeBufferPointer<UInt8>) {
        var digits = text[...]
        let negative = digits.first == UInt8(ascii: "-")
        if negative { digits = digits.dropFirst() }
        guard !digits.isEmpty else { return nil }
        var value: Self = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let digit = Self(byte - UInt8(ascii: "0"))
            let (sum, overflow) =
                negative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !tooLarge, !overflow else { return nil }
            value = sum
        }
        self = value
    }
}

extension Int: PostgresDecodable {
    /// Decodes a whole number in decimal; `nil` if it does not fit.
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decimal: text) }
}

extension Int64: PostgresDecodable {
    /// Decodes a whole number in decimal; `nil` if it does not fit.
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decimal: text) }
}

extension UInt8: PostgresDecodable {
    /// Decodes a whole number in decimal; `nil` if it does not fit.
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decimal: text) }
}

extension Double: PostgresDecodable {
    /// Decodes a number, including `NaN` and `Infinity`.
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) {
        self.init(String(decoding: text, as: UTF8.self))
    }
}

extension UUID: PostgresDecodable {
    /// Decodes a UUID.
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) {
        self.init(uuidString: String(decoding: text, as: UTF8.self))
    }
}
