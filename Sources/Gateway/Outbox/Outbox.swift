package import Building
package import Foundation
import GRDB
import Synchronization

/// The durable, numbered queue of a gateway. Every reading is stored here before it is acknowledged to the broker, and
/// stays until the central service holds it.
///
/// Each reading gets the next number of this store's sequence. All calls block until the disk has responded; they must
/// be made from dedicated threads, never from Swift's cooperative pool.
package final class Outbox: Sendable {
    /// The identity of this file. A new file gets a new one.
    package let store: StoreID
    /// The path of the SQLite file.
    package let path: String
    /// The identity of the present opening of the file.
    package let incarnation: UUID
    /// The path to which a damaged predecessor was moved; `nil` if there was none.
    package let setAside: String?
    /// The numbers that this file had given and lost because its end was damaged; they are declared lost.
    package let forgotten: Range<Int64>?
    let database: DatabasePool
    private let highest: HighestNumber
    let damageNotice = DamageNotice()
    let knownSeries = Mutex(KnownSeries())

    /// Opens the store, or creates it if there is none.
    ///
    /// - Parameter isKnownDamaged: whether the file is to be set aside whatever its check says.
    ///
    /// - Throws: `OutboxError` that names the file, the cause and the remedy.
    package init(path: String, isKnownDamaged: Bool = false) throws(OutboxError) {
        self.path = path
        let incarnation = UUID()
        self.incarnation = incarnation
        do {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let isThere = FileManager.default.fileExists(atPath: path)
            let mark = HighestNumber.read(beside: path)
            var identity = StoreIdentity(beside: path)
            if let mark, let noted = identity, noted.store == mark.store.description {
                identity?.numbered = max(noted.numbered, mark.next - 1)
            }
            // The previous start may have ended between setting a damaged file aside and noting what was lost with it.
            var damaged = identity?.setAside.map { DamagedStore(at: $0, identity: identity) }
            // A file that somebody moved away is not damage, and nothing is known of its successor yet.
            if !isThere, damaged == nil { try StoreIdentity.remove(beside: path) }
            var opened: Opened
            do {
                if isKnownDamaged, isThere { throw StoredValues.damage("the data read from the file") }
                let mustHoldStore = isThere && identity != nil && damaged == nil
                opened = try Self.open(path, mustHoldStore, mark, incarnation, after: damaged)
            } catch let error where DamagedStore.isDamage(error, of: path) {
                damaged = try DamagedStore(settingAside: path, identity: identity, at: Date())
                opened = try Self.open(path, false, mark, incarnation, after: damaged)
            }
            setAside = damaged?.path
            (database, store, forgotten) = (opened.database, opened.store, opened.forgotten)
            highest = try HighestNumber(beside: path, store: store, incarnation: incarnation)
            try highest.note(next: opened.next)
        } catch {
            throw OutboxError(path: path, action: "open", cause: error)
        }
        // On a full disk, maintenance writes it later.
        try? noteIdentity()
    }

    /// An open file and its contents.
    private struct Opened {
        var database: DatabasePool
        var store: StoreID
        var forgotten: Range<Int64>?
        var next: Int64
    }

    /// Opens the file, continues the numbering from the mark and notes the opening.
    private static func open(
        _ path: String, _ mustHoldStore: Bool, _ mark: HighestNumber.Mark?, _ incarnation: UUID,
        after damaged: DamagedStore?
    ) throws -> Opened {
        let database = try open(path, mustHoldStore: mustHoldStore)
        let (store, forgotten, next) = try database.write { database in
            let forgotten = try mark?.mend(try Self.store(in: database), in: database)
            return (
                try begin(incarnation, after: damaged, in: database), forgotten, try Tally.read(database).nextNumber
            )
        }
        return Opened(database: database, store: store, forgotten: forgotten, next: next)
    }

    /// Opens and checks the database, and brings its schema and ledger up to date.
    ///
    /// - Parameter mustHoldStore: whether an empty file counts as damaged because it was a store before.
    private static func open(_ path: String, mustHoldStore: Bool) throws -> DatabasePool {
        let database = try DatabasePool(path: path, configuration: configuration)
        guard try DamagedStore.isSound(database) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the quick check found damage")
        }
        // To SQLite, a file that was truncated at its beginning is a new one.
        if mustHoldStore, try !database.read({ try $0.tableExists("store") }) {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the file is empty but used to be a store")
        }
        try makeCommitsDurable(database)
        // If an earlier process met a failing sync, the log may be intact in memory and have a hole on disk: everything
        // committed after the hole would be lost in a power failure. Its contents are written and synced again.
        try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try OutboxSchema.migrator.migrate(database)
        try database.write { database in
            try LedgerTable.mend(database)
            // The check covers tables, not whether an index agrees with its table.
            try database.execute(sql: "REINDEX series_checksum")
        }
        return database
    }

    /// Notes the opening, and the losses of a damaged predecessor.
    private static func begin(
        _ incarnation: UUID, after damaged: DamagedStore?, in database: Database
    ) throws -> StoreID {
        try noteOpening(incarnation.uuidString.lowercased(), in: database)
        // After many starts without a central service, the opening that it knows and the latest ones are kept.
        try database.execute(
            sql: """
                DELETE FROM incarnation WHERE id > (SELECT min(id) FROM incarnation)
                    AND id < (SELECT max(id) FROM incarnation) - ?
                """, arguments: [WireLimits.openingsKept])
        if let damaged {
            let lost = damaged.store.map { store in damaged.lost.map { (store, $0, LossReason.corrupt) } } ?? []
            for (store, numbers, reason) in damaged.undeclared.map({ ($0.store, $0.numbers, $0.reason) }) + lost {
                try Loss.note(numbers, reason, of: store, in: database)
            }
        }
        return try store(in: database)
    }

    /// Appends an opening to the history.
    static func noteOpening(_ incarnation: String, in database: Database) throws {
        let id = try LedgerTable.incarnation.nextKey(in: database)
        try LedgerTable.incarnation.write([id.databaseValue, incarnation.databaseValue], in: database)
    }

    /// Returns the identity of the store in a database.
    static func store(in database: Database, isFinal: Bool = false) throws -> StoreID {
        let rows = try LedgerTable.store.rows(isFinal: isFinal, in: database)
        guard rows.count == 1, let store = rows.first?.text(1).flatMap({ StoreID($0) }) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the store has no identity")
        }
        return store
    }

    /// Sets synchronous to FULL: a commit is on disk when it returns, even if power fails right after. GRDB opens pools
    /// with NORMAL, which in WAL mode leaves commits to the next checkpoint, so this comes after opening and is
    /// verified.
    private static func makeCommitsDurable(_ database: DatabasePool) throws {
        try database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
                throw DatabaseError(resultCode: .SQLITE_INTERNAL, message: "SQLite rejected PRAGMA synchronous = FULL")
            }
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.maximumReaderCount = 2
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // This matters only for a file that is still empty: it allows freed pages to be returned later.
            if !database.configuration.readonly { try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
        }
        return configuration
    }

    // MARK: Input

    /// Stores readings and dead letters in one transaction. When it returns, everything is on disk.
    ///
    /// - Parameters:
    ///   - deliveries: the messages that they came in, to be recognised if the broker sends them again, and the number
    ///     of those left out.
    ///   - implausible: the number of readings with an implausible event time.
    ///   - unsetClock: the offset of the clocks, if the calendar could not be trusted.
    package func append(
        _ readings: [Reading], deadLetters: [DeadLetter] = [], deliveries: DeliveryNote? = nil,
        implausible: Int = 0, unsetClock: ClockOffset? = nil
    ) throws(OutboxError) {
        let notes = deliveries.map { !$0.deliveries.isEmpty || $0.leftOut > 0 } ?? false
        guard !readings.isEmpty || !deadLetters.isEmpty || notes else { return }
        let (series, edition, next) = try writeReturning("append to") { database in
            let known = knownSeries.withLock { $0 }
            var series = SeriesNumbers(known: known.series, database: database)
            let next = try Self.insert(readings, series: &series, into: database)
            try Self.insert(deadLetters, into: database)
            if let deliveries { try Self.note(deliveries, in: database) }
            if let unsetClock { try UnsetClock(database: database).note(unsetClock, latest: readings.count) }
            if implausible > 0 { try UnsetClock(database: database).count(implausible: implausible) }
            return (series, known.edition, next)
        }
        // The commit stands, whether or not the note succeeds.
        if let next { try? highest.note(next: next) }
        if series.hasLearnt { knownSeries.withLock { $0.learn(series.known, of: edition) } }
    }

    /// Numbers and stores readings.
    ///
    /// - Returns: the next number; `nil` if there was nothing to do.
    private static func insert(
        _ readings: [Reading], series: inout SeriesNumbers, into database: Database
    ) throws -> Int64? {
        guard !readings.isEmpty else { return nil }
        let tally = try Tally.change(in: database) { tally in
            tally.nextNumber += Int64(readings.count)
            tally.waiting += Int64(readings.count)
        }
        let next = tally.nextNumber
        let first = next - Int64(readings.count)
        try WaitingNumbers(database: database).append(first..<next)
        // A row whose number was changed on the disk may occupy the place of a new one.
        let insert = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO reading (number, series, event_ms, received_ms, flags, value, checksum)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        for (number, reading) in zip(first..<next, readings) {
            let series = try series.series(of: reading.series)
            insert.setUncheckedArguments([
                number, series.id, reading.eventTime.millisecondsSince1970, reading.receivedTime.millisecondsSince1970,
                reading.flags, reading.value.databaseValue, reading.checksum(number: number, series: series),
            ])
            try insert.execute()
        }
        return next
    }

    // MARK: Operation

    /// Returns the counts of the store, read from few rows however large it is.
    package func tally() throws(OutboxError) -> OutboxTally {
        try read { database in
            let tally = try Tally.read(database)
            return OutboxTally(
                numbered: tally.nextNumber - 1, waiting: tally.waiting, delivered: tally.delivered, lost: tally.lost,
                implausible: tally.implausible, heldForClock: Int64(try UnsetClock(database: database).held.total),
                rejections: try Self.rejections(in: database), redelivered: tally.redelivered,
                usedBytes: try Self.usedBytes(database))
        }
    }

    /// Moves committed data from the log into the file, as far as no reader needs the log.
    package func checkpoint() throws(OutboxError) {
        try attempt("checkpoint") { try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
    }

    /// Closes the file after a checkpoint, so that it can be copied on its own.
    package func close() throws(OutboxError) {
        try? noteIdentity()
        try checkpoint()
        do { try database.close() } catch { throw OutboxError(path: path, action: "close", cause: error) }
    }

    /// Runs a read transaction.
    func read<Result>(_ question: (Database) throws -> Result) throws(OutboxError) -> Result {
        try attempt("read") {
            try mending { try database.read(question) }
        }
    }

    /// Runs a write transaction.
    func write(_ action: String, _ change: (Database) throws -> Void) throws(OutboxError) {
        try writeReturning(action, change)
    }

    /// Runs a write transaction and returns its result.
    func writeReturning<Result>(
        _ action: String, _ change: (Database) throws -> Result
    ) throws(OutboxError) -> Result {
        try attempt(action) {
            try mending { try database.write(change) }
        }
    }

    /// Runs `work`; if a ledger row must be rewritten first, does so and tries once more.
    private func mending<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch is LedgerTable.NeedsMending {
            try database.write { try LedgerTable.mend($0) }
            return try work()
        }
    }
}
