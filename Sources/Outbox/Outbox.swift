public import Building
public import Foundation
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
    /// The present opening of the file.
    public let incarnation: UUID
    /// Where a damaged predecessor was put, in whose place this store was begun; `nil` where there was none.
    public let setAside: String?
    let database: DatabasePool

    /// Opens the store, or makes it where there is none.
    ///
    /// - Throws: `OutboxError` that names the file, the cause and what to do.
    public init(path: String) throws(OutboxError) {
        self.path = path
        let incarnation = UUID()
        self.incarnation = incarnation
        do {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            var damaged: DamagedStore?
            do {
                database = try Self.open(path)
            } catch let error where Self.isDamage(error) {
                let aside = try DamagedStore(settingAside: path, at: Date())
                damaged = aside
                database = try Self.open(path)
            }
            setAside = damaged?.path
            store = try database.write { database in
                try Self.begin(incarnation, after: damaged, in: database)
            }
        } catch {
            throw OutboxError(path: path, action: "open", cause: error)
        }
    }

    private static func open(_ path: String) throws -> DatabasePool {
        let database = try DatabasePool(path: path, configuration: configuration)
        guard try DamagedStore.isSound(database) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the quick check found damage")
        }
        try makeCommitsDurable(database)
        try OutboxSchema.migrator.migrate(database)
        return database
    }

    private static func isDamage(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return false }
        return [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
    }

    /// Notes the opening, and what was lost with a damaged predecessor.
    private static func begin(
        _ incarnation: UUID, after damaged: DamagedStore?, in database: Database
    ) throws -> StoreID {
        try database.execute(
            sql: "INSERT INTO incarnation (identity) VALUES (?)", arguments: [incarnation.uuidString.lowercased()])
        // An endless series of starts without a central service keeps the one that it knows and the latest.
        try database.execute(
            sql: """
                DELETE FROM incarnation WHERE id > (SELECT min(id) FROM incarnation)
                    AND id < (SELECT max(id) FROM incarnation) - 500
                """)
        if let damaged, let predecessor = damaged.store {
            for range in damaged.lost {
                try database.execute(
                    sql: "INSERT INTO loss (store, first, past, reason) VALUES (?, ?, ?, ?)",
                    arguments: [
                        predecessor.description, range.lowerBound, range.upperBound, LossReason.corrupt.rawValue,
                    ])
            }
        }
        guard let text = try String.fetchOne(database, sql: "SELECT identity FROM store"), let store = StoreID(text)
        else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the store has no identity") }
        return store
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
    ///
    /// - Parameter deliveries: the messages that they came in, to be known again if the broker sends them again.
    public func append(
        _ readings: [Reading], deadLetters: [DeadLetter] = [], deliveries: [Delivery] = []
    ) throws(OutboxError) {
        guard !readings.isEmpty || !deadLetters.isEmpty || !deliveries.isEmpty else { return }
        try write("append to") { database in
            try Self.insert(readings, into: database)
            try Self.insert(deadLetters, into: database)
            try Self.insert(deliveries, into: database)
        }
    }

    private static func insert(_ readings: [Reading], into database: Database) throws {
        guard !readings.isEmpty else { return }
        let next = try Int64.fetchOne(
            database,
            sql: "UPDATE tally SET next_number = next_number + ?, waiting = waiting + ? RETURNING next_number",
            arguments: [readings.count, readings.count])!
        let first = next - Int64(readings.count)
        try WaitingNumbers(database: database).append(first..<next)
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

    // MARK: What ops see

    /// What the store holds, read from one row, however much it is.
    public func tally() throws(OutboxError) -> OutboxTally {
        try read { database in
            let row = try Row.fetchOne(database, sql: "SELECT next_number, waiting, delivered, lost FROM tally")!
            let rejections = try Row.fetchAll(database, sql: "SELECT reason, count FROM rejection")
            return OutboxTally(
                numbered: (row[0] as Int64) - 1, waiting: row[1], delivered: row[2], lost: row[3],
                rejections: Dictionary(uniqueKeysWithValues: rejections.map { ($0[0], $0[1]) }),
                usedBytes: try Self.usedBytes(database))
        }
    }

    /// What could not be read lately, the newest first.
    public func deadLetters(atMost limit: Int) throws(OutboxError) -> [DeadLetter] {
        try read { database in
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
    }

    /// Moves what was committed from the log into the file, as far as nobody reads it.
    public func checkpoint() throws(OutboxError) {
        do {
            try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        } catch {
            throw OutboxError(path: path, action: "checkpoint", cause: error)
        }
    }

    /// Closes the file, so that nothing but it needs to be copied.
    public func close() throws(OutboxError) {
        try checkpoint()
        do { try database.close() } catch { throw OutboxError(path: path, action: "close", cause: error) }
    }

    func read<Result>(_ question: (Database) throws -> Result) throws(OutboxError) -> Result {
        do {
            return try database.read(question)
        } catch {
            throw OutboxError(path: path, action: "read", cause: error)
        }
    }

    func write(_ action: String, _ change: (Database) throws -> Void) throws(OutboxError) {
        try writeReturning(action, change)
    }

    func writeReturning<Result>(
        _ action: String, _ change: (Database) throws -> Result
    ) throws(OutboxError) -> Result {
        do {
            return try database.write(change)
        } catch {
            throw OutboxError(path: path, action: action, cause: error)
        }
    }
}
