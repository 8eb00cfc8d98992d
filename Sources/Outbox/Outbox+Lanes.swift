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
    /// Readings that should lie in the store, and do not, or can't be read any more.
    case damaged(Range<Int64>)

    public var numbers: Range<Int64> {
        switch self {
        case .readings(let readings): readings.numbers
        case .segment(_, _, let numbers), .damaged(let numbers): numbers
        }
    }
}

extension Outbox {
    /// The oldest readings that wait and need not wait for the clock: a segment, or at most `limit` readings that are not
    /// packed. `nil` where none waits.
    ///
    /// - Parameter taken: numbers that are left out, since they are on their way.
    public func oldest(atMost limit: Int, leavingOut taken: [Range<Int64>] = []) throws(OutboxError) -> Parcel? {
        try read { database in
            guard let waiting = try WaitingNumbers(database: database).oldestReady(leavingOut: taken) else {
                return nil
            }
            let segment = try Row.fetchOne(
                database.cachedStatement(
                    sql: "SELECT first, past, bytes FROM segment WHERE first <= ?1 ORDER BY first DESC LIMIT 1"),
                arguments: [waiting.lowerBound])
            if let segment, waiting.lowerBound < (try segment.number(1)) {
                let whole = try segment.numbers(0, 1)
                // Bytes that are none can't be read by anybody, and are declared lost like those that are damaged.
                return .segment(
                    bytes: [UInt8](segment.bytes(2) ?? Data()), whole: whole, numbers: whole.clamped(to: waiting))
            }
            return try parcel(from: waiting.lowerBound, below: waiting.upperBound, atMost: limit, in: database)
        }
    }

    /// The newest readings that wait and need not wait for the clock, at most `limit`; `nil` where none waits, or the
    /// newest are packed already.
    ///
    /// - Parameter taken: numbers that are left out, since they are on their way.
    public func newest(atMost limit: Int, leavingOut taken: [Range<Int64>] = []) throws(OutboxError) -> Parcel? {
        try read { database in
            guard let waiting = try WaitingNumbers(database: database).newestReady(leavingOut: taken) else {
                return nil
            }
            let packed = try StoredValues.number(database, "SELECT max(past) FROM segment") ?? 0
            let first = max(waiting.lowerBound, waiting.upperBound - Int64(limit), packed)
            guard first < waiting.upperBound else { return nil }
            return try parcel(from: first, below: waiting.upperBound, atMost: limit, in: database)
        }
    }

    /// What goes up, or is packed, of the numbers from `first` on, which wait.
    func parcel(from first: Int64, below past: Int64, atMost limit: Int, in database: Database) throws
        -> Parcel?
    {
        let readings = try readings(from: first, below: past, atMost: limit, in: database)
        guard readings.isEmpty else {
            return .readings(NumberedReadings(store: store, firstNumber: first, readings: readings))
        }
        let numbers = first..<(try nextReadable(from: first, below: past, in: database))
        return numbers.isEmpty ? nil : .damaged(numbers)
    }

    /// Readings from `first` on, up to the first that is missing or damaged.
    func readings(from first: Int64, below past: Int64, atMost limit: Int, in database: Database) throws -> [Reading] {
        let rows = try rows(from: first, below: past, in: database)
        var readings: [Reading] = []
        while readings.count < limit, let row = try rows.next(), row[0] as Int64 == first + Int64(readings.count),
            let reading = Reading(row)
        {
            readings.append(reading)
        }
        return readings
    }

    /// The first number whose reading can be read, by itself or in a segment; `past` where there is none before it.
    func nextReadable(from first: Int64, below past: Int64, in database: Database) throws -> Int64 {
        let segment = try StoredValues.number(database, "SELECT min(first) FROM segment WHERE first >= ?", [first])
        let end = min(past, segment ?? past)
        let rows = try rows(from: first, below: end, in: database)
        while let row = try rows.next() {
            if Reading(row) != nil { return row[0] }
        }
        return end
    }

    private func rows(from first: Int64, below past: Int64, in database: Database) throws -> RowCursor {
        let statement = try database.cachedStatement(
            sql: """
                SELECT reading.number, room, device, class, datapoint, event_ms, received_ms, flags, value
                FROM reading JOIN series ON series.id = reading.series
                WHERE reading.number >= ? AND reading.number < ? ORDER BY reading.number
                """)
        return try Row.fetchCursor(statement, arguments: [first, past])
    }

    /// Forgets readings that the central service holds. Numbers that are gone already are no error.
    public func acknowledge(_ runs: [Range<Int64>]) throws(OutboxError) {
        try write("delete from") { database in
            var removed = 0
            for numbers in runs { removed += try forget(numbers, in: database).total }
            try database.execute(
                sql: "UPDATE tally SET waiting = waiting - ?1, delivered = delivered + ?1", arguments: [removed])
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
    /// From a row of `number, room, device, class, datapoint, event_ms, received_ms, flags, value`; `nil` where it holds
    /// what was never put there. A disk that changes bits must not end the process.
    init?(_ row: Row) {
        let columns = Array(row.databaseValues)
        guard let room = String.fromDatabaseValue(columns[1]).flatMap({ Slug($0) }),
            let device = String.fromDatabaseValue(columns[2]), !device.isEmpty,
            device.utf8.count <= SeriesKey.longestDevice,
            let datapoint = String.fromDatabaseValue(columns[4]).flatMap({ Datapoint($0) }),
            let event = Int64.fromDatabaseValue(columns[5]).map(Timestamp.init(millisecondsSince1970:)),
            let receipt = Int64.fromDatabaseValue(columns[6]).map(Timestamp.init(millisecondsSince1970:)),
            Timestamp.representable.contains(event), Timestamp.representable.contains(receipt),
            let flags = Int64.fromDatabaseValue(columns[7]), (0..<512).contains(flags),
            let quality = Quality(rawValue: UInt8(flags >> 1)),
            let value = ReadingValue(columns[8])
        else { return nil }
        self.init(
            series: SeriesKey(
                room: room, device: device,
                deviceClass: String.fromDatabaseValue(columns[3]).flatMap(DeviceClass.init(rawValue:)),
                datapoint: datapoint),
            value: value, eventTime: event, receivedTime: receipt, clockTrusted: flags & 1 != 0, quality: quality)
    }
}

extension ReadingValue {
    /// `nil` where the column holds neither a finite number nor a text of ours.
    fileprivate init?(_ value: DatabaseValue) {
        switch value.storage {
        case .int64(let number): self = .number(Double(number))
        case .double(let number) where number.isFinite: self = .number(number)
        case .string(let text) where text.utf8.count <= Self.longestText && !text.utf8.contains(0): self = .text(text)
        default: return nil
        }
    }
}
