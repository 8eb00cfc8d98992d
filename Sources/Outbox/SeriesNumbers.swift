import Building
import GRDB
import Synchronization

/// The numbers of series that are committed. They never change, until unused ones are forgotten.
struct KnownSeries {
    /// Counts how often some were forgotten: what was learnt before that is worth nothing.
    private(set) var edition = 0
    private(set) var numbers: [SeriesKey: Int64] = [:]

    mutating func learn(_ numbers: [SeriesKey: Int64], of edition: Int) {
        if edition == self.edition { self.numbers = numbers }
    }

    mutating func forget() {
        edition += 1
        numbers = [:]
    }
}

/// Finds or gives the number under which a series stands in the store, within one transaction.
struct SeriesNumbers {
    /// Those of earlier transactions, and of this one.
    private(set) var known: [SeriesKey: Int64]
    private(set) var hasLearnt = false
    private let database: Database
    /// Sensors that make up a new name each time must not fill the memory.
    private static let mostKnown = 50_000

    init(known: [SeriesKey: Int64], database: Database) {
        self.known = known
        self.database = database
    }

    mutating func number(of key: SeriesKey) throws -> Int64 {
        if let number = known[key] { return number }
        let arguments: StatementArguments = [key.room.text, key.device, key.deviceClass?.rawValue, key.datapoint.name]
        let find = try database.cachedStatement(
            sql: """
                SELECT id FROM series
                WHERE room = ?1 AND device = ?2 AND datapoint = ?4 AND ifnull(class, '') = ifnull(?3, '')
                """)
        var number = try Int64.fetchOne(find, arguments: arguments)
        if number == nil {
            try database.execute(
                sql: "INSERT INTO series (room, device, class, datapoint) VALUES (?, ?, ?, ?)", arguments: arguments)
            number = database.lastInsertedRowID
        }
        if known.count >= Self.mostKnown { known = [:] }
        known[key] = number
        hasLearnt = true
        return number!
    }
}

extension Outbox {
    /// So many series are kept whether they are used or not: devices that fall silent come back.
    public static let mostUnusedSeries = 20_000

    /// Forgets series of which no reading lies unpacked, where there are many: a device that makes up a name for each
    /// message would fill the file with names. Packed readings carry theirs with them.
    ///
    /// - Returns: how many were forgotten, at most 10,000 at once.
    public func forgetUnusedSeries(beyond most: Int = mostUnusedSeries) throws(OutboxError) -> Int {
        guard try read({ try Int.fetchOne($0, sql: "SELECT count(*) FROM series") ?? 0 }) > most else { return 0 }
        return try writeReturning("tidy") { database in
            try database.execute(
                sql: """
                    DELETE FROM series WHERE id IN (
                        SELECT id FROM series WHERE id NOT IN (SELECT series FROM reading) ORDER BY id LIMIT 10000)
                    """)
            knownSeries.withLock { $0.forget() }
            return database.changesCount
        }
    }
}
