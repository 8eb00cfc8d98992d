private import CPostgres

package import struct Foundation.UUID

/// The rows that a statement answered, held as libpq received them. Usable where it was made, and not to be passed on:
/// read out what is needed.
package final class Rows {
    private let handle: OpaquePointer

    init(owning handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    package var count: Int { Int(PQntuples(handle)) }

    package var isEmpty: Bool { count == 0 }

    /// How many rows an `INSERT`, `UPDATE`, `DELETE` or `COPY` touched.
    package var affected: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    /// The statement's own name for what it did: `COMMIT`, `INSERT 0 1`.
    var commandTag: String { String(cString: PQcmdStatus(handle)) }

    package subscript(index: Int) -> Row {
        precondition(index >= 0 && index < count, "row \(index) of \(count)")
        return Row(rows: self, index: Int32(index))
    }

    package var first: Row? { isEmpty ? nil : self[0] }

    /// Calls `body` for each row, in order.
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

    package struct Row {
        @usableFromInline let rows: Rows
        @usableFromInline let index: Int32

        /// The value of the column with this number, counted from 0.
        ///
        /// - Throws: `PostgresError` where it is NULL or no `Value`.
        @inlinable
        package func value<Value: PostgresDecodable>(_ column: Int, as type: Value.Type = Value.self) throws -> Value {
            guard let value = try optional(column, as: type) else {
                throw PostgresError(message: "\(rows.columnName(Int32(column))) is NULL where \(type) was expected.")
            }
            return value
        }

        /// The value of the column with this number, counted from 0; `nil` where it is NULL.
        @inlinable
        package func optional<Value: PostgresDecodable>(
            _ column: Int, as type: Value.Type = Value.self
        ) throws -> Value? {
            guard let bytes = rows.bytes(row: index, column: Int32(column)) else { return nil }
            guard let value = Value(postgresText: bytes) else {
                throw PostgresError(message: "\(rows.columnName(Int32(column))) holds no \(type).")
            }
            return value
        }
    }
}

/// What can be read from PostgreSQL's text form of a value.
package protocol PostgresDecodable {
    /// `nil` where `text` is no such value. The bytes must not be kept.
    init?(postgresText text: UnsafeBufferPointer<UInt8>)
}

extension String: PostgresDecodable {
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decoding: text, as: UTF8.self) }
}

extension Bool: PostgresDecodable {
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
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decimal: text) }
}

extension Int64: PostgresDecodable {
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decimal: text) }
}

extension UInt8: PostgresDecodable {
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) { self.init(decimal: text) }
}

extension Double: PostgresDecodable {
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) {
        self.init(String(decoding: text, as: UTF8.self))
    }
}

extension UUID: PostgresDecodable {
    package init?(postgresText text: UnsafeBufferPointer<UInt8>) {
        self.init(uuidString: String(decoding: text, as: UTF8.self))
    }
}
