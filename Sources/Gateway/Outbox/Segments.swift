import Foundation
import GRDB

/// A packed part of the backlog.
struct Segment {
    var numbers: Range<Int64>
    var bytes: [UInt8]

    /// Returns the checksum. It covers the numbers too: a segment that claimed its neighbour's numbers would have them
    /// forgotten undelivered.
    static func checksum(_ numbers: Range<Int64>, _ bytes: some ContiguousBytes) -> Int64 {
        var checksum = CRC32C()
        checksum.add(numbers.lowerBound)
        checksum.add(numbers.upperBound)
        bytes.withUnsafeBytes { checksum.add($0) }
        return checksum.stored
    }

    /// Decodes a row of `first, past, bytes, checksum`; returns `nil` if it was changed on the disk.
    fileprivate init?(_ row: Row) {
        guard let first = row.integer(0), let past = row.integer(1), first < past, let bytes = row.bytes(2),
            row.integer(3) == Self.checksum(first..<past, bytes)
        else { return nil }
        self.init(numbers: first..<past, bytes: [UInt8](bytes))
    }

    init(numbers: Range<Int64>, bytes: [UInt8]) {
        self.numbers = numbers
        self.bytes = bytes
    }
}

/// The table of segments, in ascending order without overlap. A segment that was changed on the disk is ignored: its
/// readings count as missing.
struct Segments {
    let database: Database

    private static let columns = "SELECT first, past, bytes, checksum FROM segment "

    /// Returns the segment that holds a number.
    func holding(_ number: Int64) throws -> Segment? {
        guard let segment = try last(upTo: number), segment.numbers.contains(number) else { return nil }
        return segment
    }

    /// Returns the last segment that starts at the number or before it.
    func last(upTo number: Int64) throws -> Segment? { try walk(downFrom: number) { _ in } }

    /// Returns the first segment that starts after `number` and before `past`.
    func first(after number: Int64, below past: Int64) throws -> Segment? {
        let rows = try Row.fetchCursor(
            database, sql: Self.columns + "WHERE first > ? AND first < ? ORDER BY first", arguments: [number, past])
        while let row = try rows.next() {
            if let segment = Segment(row) { return segment }
        }
        return nil
    }

    /// Deletes the unreadable segments between the number and the last readable one before it.
    func removeDamaged(upTo number: Int64) throws {
        var keys: [Int64] = []
        _ = try walk(downFrom: number) { keys.append($0) }
        for key in keys { try database.execute(sql: "DELETE FROM segment WHERE first = ?", arguments: [key]) }
    }

    /// Returns the last readable segment that starts at the number or before it, and passes the keys of unreadable ones
    /// to `damaged`.
    private func walk(downFrom number: Int64, damaged: (Int64) -> Void) throws -> Segment? {
        let rows = try Row.fetchCursor(
            database.cachedStatement(sql: Self.columns + "WHERE first <= ? ORDER BY first DESC"), arguments: [number])
        while let row = try rows.next() {
            if let segment = Segment(row) { return segment }
            damaged(row[0])
        }
        return nil
    }

    /// Writes a segment, replacing the one with the same first number.
    func write(_ segment: Segment) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO segment (first, past, bytes, checksum) VALUES (?, ?, ?, ?)",
            arguments: [
                segment.numbers.lowerBound, segment.numbers.upperBound, Data(segment.bytes),
                Segment.checksum(segment.numbers, segment.bytes),
            ])
    }

    /// Deletes the segments that overlap the numbers and hold no waiting number.
    func removeDelivered(_ numbers: Range<Int64>) throws {
        let rows = try Row.fetchAll(
            database.cachedStatement(sql: "SELECT first, past FROM segment WHERE first < ?1 AND past > ?2"),
            arguments: [numbers.upperBound, numbers.lowerBound])
        for row in rows {
            guard let first = row.integer(0), let past = row.integer(1), first < past,
                try WaitingNumbers(database: database).overlapping(first..<past).isEmpty
            else { continue }
            try database.execute(sql: "DELETE FROM segment WHERE first = ?", arguments: [first])
        }
    }
}
