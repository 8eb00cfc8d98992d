private import CPostgres

extension Connection {
    /// Sends rows in PostgreSQL's binary COPY format, the fastest way to insert.
    ///
    /// - Parameters:
    ///   - sql: `COPY table (columns) FROM STDIN (FORMAT binary)`.
    ///   - write: A closure that writes each row with the given writer, with fields in the order of the columns.
    /// - Returns: The number of rows that the server inserted.
    /// - Throws: The error that `write` throws, after the server was told to discard the rows; or `PostgresError`.
    @discardableResult
    package func copyIn(_ sql: StaticString, _ write: (CopyWriter) throws -> Void) throws -> Int {
        try watched(sql) { try copy(sql, write) }
    }

    private func copy(_ sql: StaticString, _ write: (CopyWriter) throws -> Void) throws -> Int {
        let text = sql.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        _ = try rows(PQexec(handle, text))
        let writer = CopyWriter { [handle] bytes in
            PQputCopyData(handle, bytes.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count)) == 1
        }
        do {
            try write(writer)
            try writer.finish()
        } catch {
            _ = PQputCopyEnd(handle, "aborted by the client")
            let answer = drain()
            // The server's reason is more informative than “could not send”.
            if error is CopyWriter.SendFailure { throw answer ?? failure(nil) }
            throw error
        }
        guard PQputCopyEnd(handle, nil) == 1 else { throw drain() ?? failure(nil) }
        let result = try rows(PQgetResult(handle))
        if let error = drain() { throw error }
        return result.affected
    }

    /// Reads the remaining results, as libpq requires before the next statement, and returns the first error among
    /// them.
    private func drain() -> PostgresError? {
        var first: PostgresError?
        while let result = PQgetResult(handle) {
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK: break
            case PGRES_COPY_IN:
                // The end could not be sent: the connection is gone, and reading on would never end.
                PQclear(result)
                return first ?? failure(nil)
            default: if first == nil { first = failure(result) }
            }
            PQclear(result)
        }
        return first
    }
}

/// A writer of rows in the binary format of `COPY … (FORMAT binary)`. Each field must have the column's exact type. All
/// functions throw if the server, or the connection to it, takes no more.
package final class CopyWriter {
    /// The server, or the connection to it, took no more data.
    struct SendFailure: Error {}

    /// The size of the buffer: large enough that sending costs little, small enough for the cache.
    private static let capacity = 128 * 1024
    /// The maximum size of a fixed-size field with its length, bytes.
    private static let longestFixedField = 16

    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: CopyWriter.capacity, alignment: 16)
    private var used = 0
    private let send: (UnsafeRawBufferPointer) -> Bool

    init(send: @escaping (UnsafeRawBufferPointer) -> Bool) {
        self.send = send
        for byte in Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] { append(byte) }
        append(UInt32(0))
        append(UInt32(0))
    }

    deinit { buffer.deallocate() }

    /// Begins a row with this number of fields.
    @inline(__always)
    package func row(fields: Int16) throws {
        try makeRoom(2)
        append(UInt16(bitPattern: fields))
    }

    /// Writes NULL.
    @inline(__always)
    package func null() throws {
        try makeRoom(4)
        append(UInt32.max)
    }

    /// Writes a `smallint`.
    @inline(__always)
    package func int16(_ value: Int16) throws {
        try makeRoom(Self.longestFixedField)
        append(UInt32(2))
        append(UInt16(bitPattern: value))
    }

    /// Writes an `integer`.
    @inline(__always)
    package func int32(_ value: Int32) throws {
        try makeRoom(Self.longestFixedField)
        append(UInt32(4))
        append(UInt32(bitPattern: value))
    }

    /// Writes a `bigint`.
    @inline(__always)
    package func int64(_ value: Int64) throws {
        try makeRoom(Self.longestFixedField)
        append(UInt32(8))
        append(UInt64(bitPattern: value))
    }

    /// Writes a `double precision`.
    @inline(__always)
    package func double(_ value: Double) throws {
        try makeRoom(Self.longestFixedField)
        append(UInt32(8))
        append(value.bitPattern)
    }

    /// Writes a `boolean`.
    @inline(__always)
    package func bool(_ value: Bool) throws {
        try makeRoom(Self.longestFixedField)
        append(UInt32(1))
        append(UInt8(value ? 1 : 0))
    }

    /// Writes a `timestamptz` from milliseconds since 1970, clamped to what PostgreSQL can represent.
    @inline(__always)
    package func timestamp(millisecondsSince1970 milliseconds: Int64) throws {
        // PostgreSQL counts microseconds since 2000; within these bounds nothing overflows.
        let bounded = min(max(milliseconds, -60_000_000_000_000), 9_000_000_000_000_000)
        try int64((bounded - 946_684_800_000) * 1000)
    }

    /// Writes a `text`, which must not contain NUL: PostgreSQL refuses it.
    package func text(_ value: String) throws {
        var value = value
        try value.withUTF8 { bytes in
            try makeRoom(4)
            append(UInt32(bytes.count))
            if bytes.count > Self.capacity {
                try flush()
                guard send(UnsafeRawBufferPointer(bytes)) else { throw SendFailure() }
            } else {
                try makeRoom(bytes.count)
                UnsafeMutableRawBufferPointer(rebasing: buffer[used...]).copyMemory(from: UnsafeRawBufferPointer(bytes))
                used += bytes.count
            }
        }
    }

    func finish() throws {
        try makeRoom(2)
        append(UInt16.max)
        try flush()
    }

    private func flush() throws {
        guard used > 0 else { return }
        let sent = send(UnsafeRawBufferPointer(rebasing: buffer[..<used]))
        used = 0
        guard sent else { throw SendFailure() }
    }

    @inline(__always)
    private func makeRoom(_ count: Int) throws {
        if used + count > Self.capacity { try flush() }
    }

    @inline(__always)
    private func append(_ value: some FixedWidthInteger) {
        buffer.storeBytes(of: value.bigEndian, toByteOffset: used, as: type(of: value))
        used += MemoryLayout.size(ofValue: value)
    }
}
