import Building
import GRDB

/// The schema of a store. Migrations are only ever added.
enum OutboxSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 numbered readings") { database in
            try database.execute(
                sql: """
                    -- One row: the identity of this store.
                    CREATE TABLE store (identity TEXT NOT NULL);
                    -- One row: counts that would be slow to recompute.
                    CREATE TABLE tally (
                        next_number INTEGER NOT NULL, waiting INTEGER NOT NULL, delivered INTEGER NOT NULL);
                    INSERT INTO tally VALUES (1, 0, 0);
                    CREATE TABLE series (
                        id INTEGER PRIMARY KEY, room TEXT NOT NULL, device TEXT NOT NULL, class TEXT,
                        datapoint TEXT NOT NULL);
                    CREATE UNIQUE INDEX series_key ON series (room, device, datapoint, ifnull(class, ''));
                    -- flags: bit 0 is set if the clock was trusted; the quality starts at bit 1.
                    CREATE TABLE reading (
                        number INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series (id),
                        event_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL, flags INTEGER NOT NULL,
                        value NOT NULL);
                    CREATE TABLE dead_letter (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, received_ms INTEGER NOT NULL, topic TEXT NOT NULL,
                        reason TEXT NOT NULL, size INTEGER NOT NULL, head BLOB NOT NULL);
                    CREATE TABLE rejection (reason TEXT PRIMARY KEY, count INTEGER NOT NULL);
                    """)
            try database.execute(sql: "INSERT INTO store VALUES (?)", arguments: [StoreID().description])
        }
        migrator.registerMigration("2 ledger, segments and deliveries") { database in
            try database.execute(
                sql: """
                    -- The waiting numbers as the fewest possible ranges [first, past).
                    CREATE TABLE waiting (first INTEGER PRIMARY KEY, past INTEGER NOT NULL UNIQUE);
                    INSERT INTO waiting
                        SELECT min(number), max(number) + 1 FROM (
                            SELECT number, number - row_number() OVER (ORDER BY number) AS island FROM reading)
                        GROUP BY island;
                    ALTER TABLE tally ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
                    -- Packed backlog: each row holds the readings [first, past), as they are uploaded.
                    CREATE TABLE segment (first INTEGER PRIMARY KEY, past INTEGER NOT NULL, bytes BLOB NOT NULL);
                    -- Lost readings not yet declared to the central service. store: an earlier store; NULL for this one.
                    CREATE TABLE loss (
                        id INTEGER PRIMARY KEY, store TEXT, first INTEGER NOT NULL, past INTEGER NOT NULL,
                        reason TEXT NOT NULL);
                    -- The openings of this store since the last one known to the central service.
                    CREATE TABLE incarnation (id INTEGER PRIMARY KEY, identity TEXT NOT NULL);
                    -- A ring of the broker's latest deliveries, which it may send again if our acknowledgement was lost.
                    CREATE TABLE delivery (slot INTEGER PRIMARY KEY, packet INTEGER NOT NULL, fingerprint INTEGER NOT NULL);
                    """)
        }
        migrator.registerMigration("3 readings from before the clock was set") { database in
            try database.execute(
                sql: """
                    -- The numbers [first, past) were assigned in this boot while the calendar was not trusted and was
                    -- offset_ms from the monotonic clock. is_held: they wait for the clock before being uploaded.
                    CREATE TABLE unset_clock (
                        first INTEGER PRIMARY KEY, past INTEGER NOT NULL, boot TEXT NOT NULL,
                        offset_ms INTEGER NOT NULL, is_held INTEGER NOT NULL);
                    -- Readings whose device sent an implausible time.
                    ALTER TABLE tally ADD COLUMN implausible INTEGER NOT NULL DEFAULT 0;
                    """)
        }
        migrator.registerMigration("4 deliveries by group") { database in
            let known = try Row.fetchAll(database, sql: "SELECT packet, fingerprint FROM delivery ORDER BY slot")
            try database.execute(
                sql: """
                    DROP TABLE delivery;
                    -- The broker's latest deliveries, by group, which it may send again if our acknowledgement was lost.
                    -- They are numbered in commit order; past is the number after the last of the group.
                    CREATE TABLE delivery_group (past INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
                    -- Deliveries skipped because they were already stored.
                    ALTER TABLE tally ADD COLUMN redelivered INTEGER NOT NULL DEFAULT 0;
                    """)
            let deliveries = known.compactMap { row -> Delivery? in
                guard let packet = row.integer(0), let fingerprint = row.integer(1) else { return nil }
                return Delivery(
                    packet: UInt16(truncatingIfNeeded: packet), fingerprint: UInt64(bitPattern: fingerprint))
            }
            let end = Int64(deliveries.count)
            if !deliveries.isEmpty {
                try database.execute(
                    sql: "INSERT INTO delivery_group (past, bytes) VALUES (?, ?)",
                    arguments: [end, Delivery.pack(deliveries)])
            }
        }
        migrator.registerMigration("5 checksums") { database in try addChecksums(to: database) }
        return migrator
    }

    /// Adds checksums to what an earlier version wrote, as it is now: earlier damage can no longer be detected.
    private static func addChecksums(to database: Database) throws {
        try database.execute(
            sql: """
                -- checksum: CRC-32C of the row, see `StoredReadings`, `Segment`, `StoredSeries`, `Delivery`, `DeadLetter`.
                ALTER TABLE reading ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE segment ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE series ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE delivery_group ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE dead_letter ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                -- Series are looked up by the checksum of their names: names corrupted on disk are superseded by correct ones.
                DROP INDEX series_key;
                -- copy: the columns a second time; checksum covers either copy, see `LedgerTable`.
                ALTER TABLE store ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE store ADD COLUMN copy BLOB NOT NULL DEFAULT x'';
                ALTER TABLE tally ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE tally ADD COLUMN copy BLOB NOT NULL DEFAULT x'';
                ALTER TABLE loss ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE loss ADD COLUMN copy BLOB NOT NULL DEFAULT x'';
                ALTER TABLE incarnation ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE incarnation ADD COLUMN copy BLOB NOT NULL DEFAULT x'';
                ALTER TABLE unset_clock ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE unset_clock ADD COLUMN copy BLOB NOT NULL DEFAULT x'';
                CREATE TABLE waiting_range (
                    first INTEGER PRIMARY KEY, past INTEGER NOT NULL, checksum INTEGER NOT NULL DEFAULT 0,
                    copy BLOB NOT NULL DEFAULT x'');
                INSERT INTO waiting_range (first, past) SELECT first, past FROM waiting;
                DROP TABLE waiting;
                ALTER TABLE waiting_range RENAME TO waiting;
                CREATE TABLE counted (
                    id INTEGER PRIMARY KEY, reason TEXT NOT NULL, count INTEGER NOT NULL,
                    checksum INTEGER NOT NULL DEFAULT 0, copy BLOB NOT NULL DEFAULT x'');
                INSERT INTO counted (reason, count) SELECT reason, count FROM rejection;
                DROP TABLE rejection;
                ALTER TABLE counted RENAME TO rejection;
                """)
        try sumSeries(database)
        try sumReadings(database)
        try sumRest(database)
        try database.execute(sql: "CREATE INDEX series_checksum ON series (checksum)")
        for table in LedgerTable.all {
            let columns = table.columns.joined(separator: ", ")
            for row in try Row.fetchAll(database, sql: "SELECT \(columns) FROM \(table.name)") {
                try table.write(Array(row.databaseValues), in: database)
            }
        }
    }

    /// Adds checksums to series.
    private static func sumSeries(_ database: Database) throws {
        for row in try Row.fetchAll(database, sql: "SELECT id, room, device, class, datapoint FROM series") {
            let names = [row.text(1) ?? "", row.text(2) ?? "", row.text(3) ?? "", row.text(4) ?? ""]
            try database.execute(
                sql: "UPDATE series SET checksum = ? WHERE id = ?",
                arguments: [StoredSeries.checksum(names), row.databaseValue(0)])
        }
    }

    /// Adds checksums to unpacked readings.
    private static func sumReadings(_ database: Database) throws {
        let readings = StoredReadings(database)
        let numbers = try Int64.fetchAll(database, sql: "SELECT number FROM reading")
        for number in numbers {
            guard let stored = try readings.unsummed(number) else { continue }
            try readings.update(stored)
        }
    }

    /// Adds checksums to segments, deliveries and dead letters.
    private static func sumRest(_ database: Database) throws {
        for first in try Int64.fetchAll(database, sql: "SELECT first FROM segment") {
            let row = try Row.fetchOne(
                database, sql: "SELECT past, bytes FROM segment WHERE first = ?", arguments: [first])
            guard let row, let past = row.integer(0), let bytes = row.bytes(1), first < past else { continue }
            try database.execute(
                sql: "UPDATE segment SET checksum = ? WHERE first = ?",
                arguments: [Segment.checksum(first..<past, bytes), first])
        }
        for row in try Row.fetchAll(database, sql: "SELECT past, bytes FROM delivery_group") {
            guard let past = row.integer(0), let bytes = row.bytes(1) else { continue }
            try database.execute(
                sql: "UPDATE delivery_group SET checksum = ? WHERE past = ?",
                arguments: [Delivery.checksum(of: bytes, past: past), past])
        }
        for row in try Row.fetchAll(database, sql: "SELECT received_ms, topic, reason, size, head, id FROM dead_letter")
        {
            guard let letter = DeadLetter(row) else { continue }
            try database.execute(
                sql: "UPDATE dead_letter SET checksum = ? WHERE id = ?",
                arguments: [letter.checksum, row.databaseValue(5)])
        }
    }
}
