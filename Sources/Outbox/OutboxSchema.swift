import Building
import GRDB

/// The tables of a store. Migrations are only ever added.
enum OutboxSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 numbered readings") { database in
            try database.execute(
                sql: """
                    -- One row: who this store is.
                    CREATE TABLE store (identity TEXT NOT NULL);
                    -- One row: what would otherwise have to be counted.
                    CREATE TABLE tally (
                        next_number INTEGER NOT NULL, waiting INTEGER NOT NULL, delivered INTEGER NOT NULL);
                    INSERT INTO tally VALUES (1, 0, 0);
                    CREATE TABLE series (
                        id INTEGER PRIMARY KEY, room TEXT NOT NULL, device TEXT NOT NULL, class TEXT,
                        datapoint TEXT NOT NULL);
                    CREATE UNIQUE INDEX series_key ON series (room, device, datapoint, ifnull(class, ''));
                    -- flags: 1 the clock was trusted; from bit 1 the quality
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
                    -- The numbers that wait, as few ranges: [first, past).
                    CREATE TABLE waiting (first INTEGER PRIMARY KEY, past INTEGER NOT NULL UNIQUE);
                    INSERT INTO waiting
                        SELECT min(number), max(number) + 1 FROM (
                            SELECT number, number - row_number() OVER (ORDER BY number) AS island FROM reading)
                        GROUP BY island;
                    ALTER TABLE tally ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
                    -- Backlog that was packed: each holds the readings [first, past), as they go up.
                    CREATE TABLE segment (first INTEGER PRIMARY KEY, past INTEGER NOT NULL, bytes BLOB NOT NULL);
                    -- Readings that had to go, not declared centrally yet. store: an earlier one, else this.
                    CREATE TABLE loss (
                        id INTEGER PRIMARY KEY, store TEXT, first INTEGER NOT NULL, past INTEGER NOT NULL,
                        reason TEXT NOT NULL);
                    -- The times that this store was opened, since the last one that the central service knows.
                    CREATE TABLE incarnation (id INTEGER PRIMARY KEY, identity TEXT NOT NULL);
                    -- The broker's latest deliveries, a ring: what it may send again, because it never heard our answer.
                    CREATE TABLE delivery (slot INTEGER PRIMARY KEY, packet INTEGER NOT NULL, fingerprint INTEGER NOT NULL);
                    """)
        }
        migrator.registerMigration("3 readings from before the clock was set") { database in
            try database.execute(
                sql: """
                    -- The numbers [first, past) were taken in this boot while the calendar could not be trusted and was
                    -- so far from the monotonic clock. is_held: they wait for the clock before they go up.
                    CREATE TABLE unset_clock (
                        first INTEGER PRIMARY KEY, past INTEGER NOT NULL, boot TEXT NOT NULL,
                        offset_ms INTEGER NOT NULL, is_held INTEGER NOT NULL);
                    -- Readings whose device gave a time that can't be right.
                    ALTER TABLE tally ADD COLUMN implausible INTEGER NOT NULL DEFAULT 0;
                    """)
        }
        migrator.registerMigration("4 deliveries by group") { database in
            let known = try Row.fetchAll(database, sql: "SELECT packet, fingerprint FROM delivery ORDER BY slot")
            try database.execute(
                sql: """
                    DROP TABLE delivery;
                    -- The broker's latest deliveries, by group: what it may send again, because it never heard our answer.
                    -- They are numbered in the order of their commits, and past is the number after the group's last.
                    CREATE TABLE delivery_group (past INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
                    -- Deliveries that were left out, since they were stored before.
                    ALTER TABLE tally ADD COLUMN redelivered INTEGER NOT NULL DEFAULT 0;
                    """)
            let deliveries = known.compactMap { row -> Delivery? in
                guard let packet = row.integer(0), let fingerprint = row.integer(1) else { return nil }
                return Delivery(
                    packet: UInt16(truncatingIfNeeded: packet), fingerprint: UInt64(bitPattern: fingerprint))
            }
            let end = Int64(deliveries.count)
            try Outbox.note(DeliveryNote(deliveries: deliveries, end: end, floor: 0, leftOut: 0), in: database)
        }
        return migrator
    }
}
