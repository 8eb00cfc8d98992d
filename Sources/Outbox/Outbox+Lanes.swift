import Building
import Foundation
import GRDB

/// What goes up in one request.
public enum Parcel: Sendable, Hashable {
    /// Readings that lie in the store one by one.
    case readings(NumberedReadings)
    /// A packed segment, as it lies there. `numbers` are those of its numbers that still wait, a part of `whole` only
    /// where the rest has gone up already.
    case segment(bytes: [UInt8], whole: Range<Int64>, numbers: Range<Int64>)

    public var numbers: Range<Int64> {
        switch self {
        case .readings(let readings): readings.numbers
        case .segment(_, _, let numbers): numbers
        }
    }
}

extension Outbox {
    /// The oldest readings that wait: a segment, or at most `limit` readings without a gap in their numbers; `nil`
    /// where none waits.
    public func oldest(atMost limit: Int) throws(OutboxError) -> Parcel? {
        try read { database in
            guard let waiting = try WaitingNumbers(database: database).oldest else { return nil }
            let segment = try Row.fetchOne(
                database, sql: "SELECT first, past, bytes FROM segment WHERE first <= ?1 AND past > ?1",
                arguments: [waiting.lowerBound])
            if let segment {
                let whole: Range<Int64> = segment[0]..<segment[1]
                return .segment(bytes: [UInt8](segment[2] as Data), whole: whole, numbers: whole.clamped(to: waiting))
            }
            return try parcel(from: waiting.lowerBound, below: waiting.upperBound, atMost: limit, in: database)
        }
    }

    /// The newest readings that wait, at most `limit`; `nil` where none waits, or the newest are packed already.
    public func newest(atMost limit: Int) throws(OutboxError) -> Parcel? {
        try read { database in
            guard let waiting = try WaitingNumbers(database: database).newest else { return nil }
            let packed = try Int64.fetchOne(database, sql: "SELECT max(past) FROM segment") ?? 0
            let first = max(waiting.lowerBound, waiting.upperBound - Int64(limit), packed)
            return try parcel(from: first, below: waiting.upperBound, atMost: limit, in: database)
        }
    }

    private func parcel(from first: Int64, below past: Int64, atMost limit: Int, in database: Database) throws
        -> Parcel?
    {
        let readings = try readings(from: first, below: past, atMost: limit, in: database)
        return readings.isEmpty
            ? nil : .readings(NumberedReadings(store: store, firstNumber: first, readings: readings))
    }

    /// Readings from `first` on, up to the first gap.
    func readings(from first: Int64, below past: Int64, atMost limit: Int, in database: Database) throws -> [Reading] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT reading.number, room, device, class, datapoint, event_ms, received_ms, flags, value
                FROM reading JOIN series ON series.id = reading.series
                WHERE reading.number >= ? AND reading.number < ? ORDER BY reading.number LIMIT ?
                """, arguments: [first, past, limit])
        var readings: [Reading] = []
        while let row = try rows.next() {
            guard row[0] as Int64 == first + Int64(readings.count) else { break }
            readings.append(try Reading(row))
        }
        return readings
    }

    /// Forgets readings that the central service holds. Numbers that are gone already are no error.
    public func acknowledge(_ numbers: Range<Int64>) throws(OutboxError) {
        try write("delete from") { database in
            let removed = try forget(numbers, in: database)
            try database.execute(
                sql: "UPDATE tally SET waiting = waiting - ?1, delivered = delivered + ?1", arguments: [removed.total])
        }
    }

    /// Deletes readings, and segments none of whose numbers waits any more.
    ///
    /// - Returns: the numbers that waited.
    func forget(_ numbers: Range<Int64>, in database: Database) throws -> [Range<Int64>] {
        let removed = try WaitingNumbers(database: database).remove(numbers)
        try database.execute(
            sql: "DELETE FROM reading WHERE number >= ? AND number < ?",
            arguments: [numbers.lowerBound, numbers.upperBound])
        try database.execute(
            sql: """
                DELETE FROM segment WHERE first < ?1 AND past > ?2
                    AND NOT EXISTS (SELECT * FROM waiting WHERE waiting.first < segment.past AND waiting.past > segment.first)
                """, arguments: [numbers.upperBound, numbers.lowerBound])
        return removed
    }
}

extension [Range<Int64>] {
    /// How many numbers the ranges hold.
    var total: Int { reduce(0) { $0 + $1.count } }
}

extension Reading {
    /// From a row of `number, room, device, class, datapoint, event_ms, received_ms, flags, value`.
    init(_ row: Row) throws {
        let flags: Int64 = row[7]
        let value: DatabaseValue = row[8]
        guard let room = Slug(row[1] as String), let datapoint = Datapoint(row[4] as String),
            let quality = Quality(rawValue: UInt8(truncatingIfNeeded: flags >> 1))
        else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "reading \(row[0] as Int64) is damaged") }
        let decoded: ReadingValue =
            if let text = String.fromDatabaseValue(value) { .text(text) } else { .number(row[8]) }
        self.init(
            series: SeriesKey(
                room: room, device: row[2], deviceClass: (row[3] as String?).flatMap(DeviceClass.init(rawValue:)),
                datapoint: datapoint),
            value: decoded, eventTime: Timestamp(millisecondsSince1970: row[5]),
            receivedTime: Timestamp(millisecondsSince1970: row[6]), clockTrusted: flags & 1 != 0, quality: quality)
    }
}
