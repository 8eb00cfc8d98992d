import Building
import GRDB
import Synchronization

/// A series as it stands in the store.
struct StoredSeries: Hashable, Sendable {
    var id: Int64
    var key: SeriesKey
    /// Of its names.
    var checksum: Int64

    static func checksum(of key: SeriesKey) -> Int64 {
        checksum([key.room.text, key.device, key.deviceClass?.rawValue ?? "", key.datapoint.name])
    }

    /// Of room, device, class or nothing, and datapoint.
    static func checksum(_ names: [String]) -> Int64 {
        var checksum = CRC32C()
        for name in names { checksum.add(name) }
        return checksum.stored
    }

    static let columns = "SELECT id, room, device, class, datapoint, checksum FROM series "

    /// From a row of `columns`; `nil` if its names were changed on the disk.
    init?(_ row: Row) {
        guard let id = row.integer(0), let room = row.text(1).flatMap({ Slug($0) }), let device = row.text(2),
            !device.isEmpty, device.utf8.count <= SeriesKey.longestDevice,
            let datapoint = row.text(4).flatMap({ Datapoint($0) }), let checksum = row.integer(5),
            checksum == Self.checksum([room.text, device, row.text(3) ?? "", datapoint.name])
        else { return nil }
        self.id = id
        self.checksum = checksum
        key = SeriesKey(
            room: room, device: device, deviceClass: row.text(3).flatMap(DeviceClass.init(rawValue:)),
            datapoint: datapoint)
    }

    private init(id: Int64, key: SeriesKey) {
        self.id = id
        self.key = key
        checksum = Self.checksum(of: key)
    }

    /// `nil` where there is none, or its names were changed on the disk.
    static func find(_ id: Int64, in database: Database) throws -> StoredSeries? {
        try Row.fetchOne(database.cachedStatement(sql: columns + "WHERE id = ?"), arguments: [id])
            .flatMap(StoredSeries.init)
    }

    /// The one with these names, by their checksum.
    static func find(_ key: SeriesKey, in database: Database) throws -> StoredSeries? {
        try Row.fetchAll(
            database.cachedStatement(sql: columns + "WHERE checksum = ?"), arguments: [checksum(of: key)]
        ).lazy.compactMap(StoredSeries.init).first { $0.key == key }
    }

    static func insert(_ key: SeriesKey, into database: Database) throws -> StoredSeries {
        try database.execute(
            sql: "INSERT INTO series (room, device, class, datapoint, checksum) VALUES (?, ?, ?, ?, ?)",
            arguments: [key.room.text, key.device, key.deviceClass?.rawValue, key.datapoint.name, checksum(of: key)])
        return StoredSeries(id: database.lastInsertedRowID, key: key)
    }
}

/// The series that are committed. They never change, until unused or damaged ones are forgotten.
struct KnownSeries {
    /// Counts how often some were forgotten: what was learnt before that is worth nothing.
    private(set) var edition = 0
    private(set) var series: [SeriesKey: StoredSeries] = [:]

    mutating func learn(_ series: [SeriesKey: StoredSeries], of edition: Int) {
        if edition == self.edition { self.series = series }
    }

    mutating func forget() {
        edition += 1
        series = [:]
    }
}

/// Finds a series in the store, or puts it there, within one transaction.
struct SeriesNumbers {
    /// Those of earlier transactions, and of this one.
    private(set) var known: [SeriesKey: StoredSeries]
    private(set) var hasLearnt = false
    private let database: Database
    /// Sensors that make up a new name each time must not fill the memory.
    private static let mostKnown = 50_000

    init(known: [SeriesKey: StoredSeries], database: Database) {
        self.known = known
        self.database = database
    }

    mutating func series(of key: SeriesKey) throws -> StoredSeries {
        if let series = known[key] { return series }
        let series = try StoredSeries.find(key, in: database) ?? StoredSeries.insert(key, into: database)
        if known.count >= Self.mostKnown { known = [:] }
        known[key] = series
        hasLearnt = true
        return series
    }
}

extension Outbox {
    /// So many series are kept whether they are used or not: devices that fall silent come back.
    package static let mostUnusedSeries = 20_000

    /// Forgets series of which no reading lies unpacked, where there are many: a device that makes up a name for each
    /// message would fill the file with names. Packed readings carry theirs with them.
    ///
    /// - Returns: how many were forgotten, at most 10,000 at once.
    package func forgetUnusedSeries(beyond most: Int = mostUnusedSeries) throws(OutboxError) -> Int {
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
