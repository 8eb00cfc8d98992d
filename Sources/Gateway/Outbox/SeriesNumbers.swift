import Building
import GRDB
import Synchronization

/// A series as it is stored.
struct StoredSeries: Hashable, Sendable {
    var id: Int64
    var key: SeriesKey
    /// The checksum of the series' names.
    var checksum: Int64

    static func checksum(of key: SeriesKey) -> Int64 {
        checksum([key.room.text, key.device, key.deviceClass?.rawValue ?? "", key.datapoint.name])
    }

    /// Returns the checksum of room, device, class (or an empty text) and datapoint.
    static func checksum(_ names: [String]) -> Int64 {
        var checksum = CRC32C()
        for name in names { checksum.add(name) }
        return checksum.stored
    }

    static let columns = "SELECT id, room, device, class, datapoint, checksum FROM series "

    /// Decodes a row of `columns`; returns `nil` if its names were changed on the disk.
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

    /// Returns the series with an id; `nil` if there is none or its names were changed on the disk.
    static func find(_ id: Int64, in database: Database) throws -> StoredSeries? {
        try Row.fetchOne(database.cachedStatement(sql: columns + "WHERE id = ?"), arguments: [id])
            .flatMap(StoredSeries.init)
    }

    /// Returns the series with these names, found by their checksum.
    static func find(_ key: SeriesKey, in database: Database) throws -> StoredSeries? {
        try Row.fetchAll(
            database.cachedStatement(sql: columns + "WHERE checksum = ?"), arguments: [checksum(of: key)]
        ).lazy.compactMap(StoredSeries.init).first { $0.key == key }
    }

    /// Stores a new series.
    static func insert(_ key: SeriesKey, into database: Database) throws -> StoredSeries {
        try database.execute(
            sql: "INSERT INTO series (room, device, class, datapoint, checksum) VALUES (?, ?, ?, ?, ?)",
            arguments: [key.room.text, key.device, key.deviceClass?.rawValue, key.datapoint.name, checksum(of: key)])
        return StoredSeries(id: database.lastInsertedRowID, key: key)
    }
}

/// A cache of committed series. They never change until unused or damaged ones are forgotten.
struct KnownSeries {
    /// The number of times series were forgotten. Anything learnt under an earlier edition is invalid.
    private(set) var edition = 0
    private(set) var series: [SeriesKey: StoredSeries] = [:]

    /// Adopts the series learnt in a transaction, unless series were forgotten meanwhile.
    mutating func learn(_ series: [SeriesKey: StoredSeries], of edition: Int) {
        if edition == self.edition { self.series = series }
    }

    /// Forgets all series.
    mutating func forget() {
        edition += 1
        series = [:]
    }
}

/// A lookup of series that stores missing ones, within one transaction.
struct SeriesNumbers {
    /// The series of earlier transactions and of this one.
    private(set) var known: [SeriesKey: StoredSeries]
    private(set) var hasLearnt = false
    private let database: Database
    /// The maximum number of cached series: sensors that invent a new name each time must not fill the memory.
    private static let mostKnown = 50_000

    init(known: [SeriesKey: StoredSeries], database: Database) {
        self.known = known
        self.database = database
    }

    /// Returns a series, from the cache or the store, or stores it.
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
    /// The number of series that are kept whether or not they are used: devices that fall silent come back.
    package static let mostUnusedSeries = 20_000

    /// Forgets series without unpacked readings, if there are many: a device that invents a name for each message would
    /// fill the file with names. Packed readings carry their own names.
    ///
    /// - Returns: the number of forgotten series, at most 10,000 at once.
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
