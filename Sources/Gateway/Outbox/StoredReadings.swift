import Building
import Foundation
import GRDB

/// The individually stored readings, each with a checksum over its number, its series' names, its times, flags and
/// value: data that was changed on the disk is never taken for a measurement.
final class StoredReadings {
    /// A reading, and what is needed to rewrite it.
    struct Stored {
        var number: Int64
        var series: StoredSeries
        var reading: Reading
    }

    private let database: Database
    private var series: [Int64: StoredSeries?] = [:]

    init(_ database: Database) { self.database = database }

    /// Returns a cursor over rows: the number, and the reading if it can be read.
    func cursor(from first: Int64, below past: Int64) throws -> AnyCursor<(number: Int64, stored: Stored?)> {
        let statement = try database.cachedStatement(
            sql: """
                SELECT number, series, event_ms, received_ms, flags, value, checksum FROM reading
                WHERE number >= ? AND number < ? ORDER BY number
                """)
        let rows = try Row.fetchCursor(statement, arguments: [first, past])
        return AnyCursor(rows.map { [self] row in (number: row[0] as Int64, stored: try stored(row)) })
    }

    /// Returns the first number whose reading can be read; `nil` if there is none.
    func firstReadable(from first: Int64, below past: Int64) throws -> Int64? {
        let rows = try cursor(from: first, below: past)
        while let row = try rows.next() {
            if row.stored != nil { return row.number }
        }
        return nil
    }

    /// Returns a reading from a file that has no checksums yet.
    func unsummed(_ number: Int64) throws -> Stored? {
        try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT number, series, event_ms, received_ms, flags, value FROM reading WHERE number = ?"),
            arguments: [number]
        ).flatMap(parsed)
    }

    /// Decodes a row and verifies its checksum.
    private func stored(_ row: Row) throws -> Stored? {
        guard let stored = try parsed(row),
            row.integer(6) == stored.reading.checksum(number: stored.number, series: stored.series)
        else { return nil }
        return stored
    }

    /// Decodes a row without its checksum; returns `nil` if a value is invalid.
    private func parsed(_ row: Row) throws -> Stored? {
        let columns = Array(row.databaseValues)
        guard let number = Int64.fromDatabaseValue(columns[0]), let id = Int64.fromDatabaseValue(columns[1]),
            let event = Int64.fromDatabaseValue(columns[2]).map(Timestamp.init(millisecondsSince1970:)),
            let receipt = Int64.fromDatabaseValue(columns[3]).map(Timestamp.init(millisecondsSince1970:)),
            Timestamp.representable.contains(event), Timestamp.representable.contains(receipt),
            let flags = Int64.fromDatabaseValue(columns[4]), (0..<512).contains(flags),
            let quality = Quality(rawValue: UInt8(flags >> 1)), let value = ReadingValue(columns[5]),
            let series = try series(id)
        else { return nil }
        let reading = Reading(
            series: series.key, value: value, eventTime: event, receivedTime: receipt, clockTrusted: flags & 1 != 0,
            quality: quality)
        return Stored(number: number, series: series, reading: reading)
    }

    /// Returns a series by its id, cached for the lifetime of this object.
    private func series(_ id: Int64) throws -> StoredSeries? {
        if let known = series[id] { return known }
        let found = try StoredSeries.find(id, in: database)
        series[id] = .some(found)
        return found
    }

    /// Rewrites the times and the quality of a reading.
    func update(_ stored: Stored) throws {
        try database.cachedStatement(
            sql: "UPDATE reading SET event_ms = ?, received_ms = ?, flags = ?, checksum = ? WHERE number = ?"
        ).execute(arguments: [
            stored.reading.eventTime.millisecondsSince1970, stored.reading.receivedTime.millisecondsSince1970,
            stored.reading.flags, stored.reading.checksum(number: stored.number, series: stored.series), stored.number,
        ])
    }
}

extension Reading {
    /// The flags column: bit 0 is set if the clock was trusted; the quality starts at bit 1.
    var flags: Int64 { Int64(clockTrusted ? 1 : 0) | Int64(quality.rawValue) << 1 }

    /// Returns the checksum of the reading's row.
    func checksum(number: Int64, series: StoredSeries) -> Int64 {
        var checksum = CRC32C()
        checksum.add(number)
        checksum.add(series.id)
        checksum.add(series.checksum)
        checksum.add(eventTime.millisecondsSince1970)
        checksum.add(receivedTime.millisecondsSince1970)
        checksum.add(flags)
        switch value {
        case .number(let number): checksum.add(number.bitPattern)
        case .text(let text): checksum.add(text)
        }
        return checksum.stored
    }
}

extension ReadingValue {
    var databaseValue: DatabaseValue {
        switch self {
        case .number(let number): number.databaseValue
        case .text(let text): text.databaseValue
        }
    }

    /// Decodes a column; returns `nil` if it holds neither a finite number nor a valid text.
    fileprivate init?(_ value: DatabaseValue) {
        switch value.storage {
        case .double(let number) where number.isFinite: self = .number(number)
        case .string(let text) where text.utf8.count <= Self.longestText && !text.utf8.contains(0): self = .text(text)
        default: return nil
        }
    }
}
