public import Building
import Foundation
import GRDB

/// The durable, numbered queue of a gateway: every reading lies here before it is acknowledged to the broker, and until
/// the central service holds it.
///
/// Each reading gets the next number of this store's sequence. All calls block until the disk has answered; they are
/// made from threads of their own, never from Swift's cooperative pool.
public final class Outbox: Sendable {
    /// The identity of this file. A new file has a new one.
    public let store: StoreID
    public let path: String
    private let database: DatabasePool

    /// Opens the store, or makes it where there is none.
    ///
    /// - Throws: `OutboxError` that names the file, the cause and what to do.
    public init(path: String) throws(OutboxError) {
        self.path = path
        do {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            database = try DatabasePool(path: path, configuration: Self.configuration)
            try Self.makeCommitsDurable(database)
            try OutboxSchema.migrator.migrate(database)
            store = try database.read { database in
                guard let text = try String.fetchOne(database, sql: "SELECT identity FROM store"),
                    let store = StoreID(text)
                else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the store has no identity") }
                return store
            }
        } catch {
            throw OutboxError(path: path, action: "open", cause: error)
        }
    }

    /// FULL: a commit is on the disk when it returns, also when the power fails right after. GRDB opens pools with
    /// NORMAL, which in WAL mode leaves commits to the next checkpoint, so this comes after opening and is checked.
    private static func makeCommitsDurable(_ database: DatabasePool) throws {
        try database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
                throw DatabaseError(message: "SQLite refuses PRAGMA synchronous = FULL")
            }
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.maximumReaderCount = 2
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // Only has a meaning for a file that is still empty: freed pages can be given back later.
            if !database.configuration.readonly { try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
        }
        return configuration
    }

    // MARK: In

    /// Stores readings and what could not be read, in one transaction. When it returns, all of it is on disk.
    public func append(_ readings: [Reading], deadLetters: [DeadLetter] = []) throws(OutboxError) {
        guard !readings.isEmpty || !deadLetters.isEmpty else { return }
        try write("append to") { database in
            try Self.insert(readings, into: database)
            try Self.insert(deadLetters, into: database)
        }
    }

    private static func insert(_ readings: [Reading], into database: Database) throws {
        guard !readings.isEmpty else { return }
        let next = try Int64.fetchOne(
            database,
            sql: "UPDATE tally SET next_number = next_number + ?, waiting = waiting + ? RETURNING next_number",
            arguments: [readings.count, readings.count])!
        let first = next - Int64(readings.count)
        var series = SeriesNumbers(database: database)
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO reading (number, series, event_ms, received_ms, flags, value) VALUES (?, ?, ?, ?, ?, ?)
                """)
        for (index, reading) in readings.enumerated() {
            let value: DatabaseValue =
                switch reading.value {
                case .number(let number): number.databaseValue
                case .text(let text): text.databaseValue
                }
            insert.setUncheckedArguments([
                first + Int64(index), try series.number(of: reading.series),
                reading.eventTime.millisecondsSince1970, reading.receivedTime.millisecondsSince1970,
                Int64(reading.clockTrusted ? 1 : 0) | Int64(reading.quality.rawValue) << 1, value,
            ])
            try insert.execute()
        }
    }

    private static func insert(_ letters: [DeadLetter], into database: Database) throws {
        guard !letters.isEmpty else { return }
        for letter in letters {
            try database.execute(
                sql: "INSERT INTO dead_letter (received_ms, topic, reason, size, head) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    letter.receivedTime.millisecondsSince1970, letter.topic, letter.reason, letter.size,
                    Data(letter.head),
                ])
            try database.execute(
                sql: """
                    INSERT INTO rejection (reason, count) VALUES (?, 1)
                    ON CONFLICT (reason) DO UPDATE SET count = count + 1
                    """, arguments: [letter.reason])
        }
        try database.execute(
            sql: "DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ?",
            arguments: [DeadLetter.mostKept])
    }

    // MARK: Out

    /// The oldest readings that wait, at most `limit`, without a gap in their numbers; `nil` where none waits.
    public func oldest(atMost limit: Int) throws(OutboxError) -> NumberedReadings? {
        do {
            return try database.read { database in
                let rows = try Row.fetchCursor(
                    database,
                    sql: """
                        SELECT reading.number, room, device, class, datapoint, event_ms, received_ms, flags, value
                        FROM reading JOIN series ON series.id = reading.series ORDER BY reading.number LIMIT ?
                        """, arguments: [limit])
                var run: NumberedReadings?
                while let row = try rows.next() {
                    let number: Int64 = row[0]
                    if run == nil { run = NumberedReadings(store: store, firstNumber: number, readings: []) }
                    guard number == run!.numbers.upperBound else { break }
                    run!.readings.append(try Self.reading(row))
                }
                return run
            }
        } catch {
            throw OutboxError(path: path, action: "read", cause: error)
        }
    }

    private static func reading(_ row: Row) throws -> Reading {
        let flags: Int64 = row[7]
        let value: DatabaseValue = row[8]
        guard let room = Slug(row[1] as String), let datapoint = Datapoint(row[4] as String),
            let quality = Quality(rawValue: UInt8(truncatingIfNeeded: flags >> 1))
        else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "reading \(row[0] as Int64) is damaged") }
        let decoded: ReadingValue =
            if let text = String.fromDatabaseValue(value) { .text(text) } else { .number(row[8]) }
        return Reading(
            series: SeriesKey(
                room: room, device: row[2], deviceClass: (row[3] as String?).flatMap(DeviceClass.init(rawValue:)),
                datapoint: datapoint),
            value: decoded, eventTime: Timestamp(millisecondsSince1970: row[5]),
            receivedTime: Timestamp(millisecondsSince1970: row[6]), clockTrusted: flags & 1 != 0, quality: quality)
    }

    /// Forgets readings that the central service holds. Numbers that are gone already are no error.
    public func acknowledge(_ numbers: Range<Int64>) throws(OutboxError) {
        try write("delete from") { database in
            try database.execute(
                sql: "DELETE FROM reading WHERE number >= ? AND number < ?",
                arguments: [numbers.lowerBound, numbers.upperBound])
            let deleted = database.changesCount
            try database.execute(
                sql: "UPDATE tally SET waiting = waiting - ?, delivered = delivered + ?", arguments: [deleted, deleted])
        }
    }

    /// What the store holds, read from one row, however much it is.
    public func tally() throws(OutboxError) -> OutboxTally {
        do {
            return try database.read { database in
                let row = try Row.fetchOne(database, sql: "SELECT next_number, waiting, delivered FROM tally")!
                let rejections = try Row.fetchAll(database, sql: "SELECT reason, count FROM rejection")
                return OutboxTally(
                    numbered: (row[0] as Int64) - 1, waiting: row[1], delivered: row[2],
                    rejections: Dictionary(uniqueKeysWithValues: rejections.map { ($0[0], $0[1]) }))
            }
        } catch {
            throw OutboxError(path: path, action: "read", cause: error)
        }
    }

    /// What could not be read lately, the newest first.
    public func deadLetters(atMost limit: Int) throws(OutboxError) -> [DeadLetter] {
        do {
            return try database.read { database in
                try Row.fetchAll(
                    database,
                    sql: "SELECT received_ms, topic, reason, size, head FROM dead_letter ORDER BY id DESC LIMIT ?",
                    arguments: [limit]
                ).map { row in
                    DeadLetter(
                        receivedTime: Timestamp(millisecondsSince1970: row[0]), topic: row[1], reason: row[2],
                        size: row[3], payload: Array(row[4] as Data))
                }
            }
        } catch {
            throw OutboxError(path: path, action: "read", cause: error)
        }
    }

    /// Closes the file, so that nothing but it needs to be copied.
    public func close() throws(OutboxError) {
        do { try database.close() } catch { throw OutboxError(path: path, action: "close", cause: error) }
    }

    private func write(_ action: String, _ change: (Database) throws -> Void) throws(OutboxError) {
        do { try database.write(change) } catch { throw OutboxError(path: path, action: action, cause: error) }
    }
}
