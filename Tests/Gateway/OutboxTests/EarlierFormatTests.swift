import Building
import Foundation
import GRDB
import Outbox
import Rig
import Testing

/// A file as it was written before it had checksums.
@Suite struct EarlierFormatTests {
    let folder = TemporaryFolder()
    private var path: String { folder.file("outbox.sqlite") }
    private static let store = "8c1c1b5e-6f0e-4a2b-9a43-0d6a54b1a001"
    private static let opening = "8c1c1b5e-6f0e-4a2b-9a43-0d6a54b1a002"

    /// Numbers 1 to 9: one went up, one had to go, two are packed, one waits for the clock.
    private func write(_ change: String = "") throws {
        let database = try DatabaseQueue(path: path)
        try database.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                    INSERT INTO grdb_migrations VALUES ('1 numbered readings'), ('2 ledger, segments and deliveries'),
                        ('3 readings from before the clock was set'), ('4 deliveries by group');
                    CREATE TABLE store (identity TEXT NOT NULL);
                    INSERT INTO store VALUES ('\(Self.store)');
                    CREATE TABLE tally (
                        next_number INTEGER NOT NULL, waiting INTEGER NOT NULL, delivered INTEGER NOT NULL,
                        lost INTEGER NOT NULL DEFAULT 0, implausible INTEGER NOT NULL DEFAULT 0,
                        redelivered INTEGER NOT NULL DEFAULT 0);
                    INSERT INTO tally VALUES (10, 7, 1, 1, 4, 5);
                    CREATE TABLE series (
                        id INTEGER PRIMARY KEY, room TEXT NOT NULL, device TEXT NOT NULL, class TEXT,
                        datapoint TEXT NOT NULL);
                    CREATE UNIQUE INDEX series_key ON series (room, device, datapoint, ifnull(class, ''));
                    INSERT INTO series VALUES (3, 'room-1', 'sensor-1', 'temperature_sensor', 'temperature'),
                        (4, 'room-1', 'sensor-2', NULL, 'temperature');
                    CREATE TABLE reading (
                        number INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series (id),
                        event_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL, flags INTEGER NOT NULL,
                        value NOT NULL);
                    INSERT INTO reading VALUES (5, 3, 1790000000000, 1790000000005, 1, 5.5),
                        (6, 4, 1790000000000, 1790000000005, 3, 'on'), (7, 3, 1790000000000, 1790000000005, 1, 7.0),
                        (8, 4, 1790000000000, 1790000000005, 1, -0.25), (9, 3, 60000, 60000, 0, 9.0);
                    CREATE TABLE dead_letter (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, received_ms INTEGER NOT NULL, topic TEXT NOT NULL,
                        reason TEXT NOT NULL, size INTEGER NOT NULL, head BLOB NOT NULL);
                    INSERT INTO dead_letter VALUES (1, 1790000000000, '/readings/x', 'not_json', 3, x'616263');
                    CREATE TABLE rejection (reason TEXT PRIMARY KEY, count INTEGER NOT NULL);
                    INSERT INTO rejection VALUES ('not_json', 12), ('too_large', 1);
                    CREATE TABLE waiting (first INTEGER PRIMARY KEY, past INTEGER NOT NULL UNIQUE);
                    INSERT INTO waiting VALUES (3, 10);
                    CREATE TABLE segment (first INTEGER PRIMARY KEY, past INTEGER NOT NULL, bytes BLOB NOT NULL);
                    INSERT INTO segment VALUES (3, 5, x'330A34');
                    CREATE TABLE loss (
                        id INTEGER PRIMARY KEY, store TEXT, first INTEGER NOT NULL, past INTEGER NOT NULL,
                        reason TEXT NOT NULL);
                    INSERT INTO loss VALUES (7, NULL, 2, 3, 'buffer_full');
                    CREATE TABLE incarnation (id INTEGER PRIMARY KEY, identity TEXT NOT NULL);
                    INSERT INTO incarnation VALUES (1, '\(Self.opening)');
                    CREATE TABLE unset_clock (
                        first INTEGER PRIMARY KEY, past INTEGER NOT NULL, boot TEXT NOT NULL,
                        offset_ms INTEGER NOT NULL, is_held INTEGER NOT NULL);
                    INSERT INTO unset_clock VALUES (9, 10, 'this boot', 0, 1);
                    CREATE TABLE delivery_group (past INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
                    INSERT INTO delivery_group VALUES (1, x'00070000000000000009');
                    """)
            if !change.isEmpty { try database.execute(sql: change) }
        }
        try database.close()
        try #"{"numbered":9,"store":"\#(Self.store)"}"#
            .write(toFile: path + ".identity", atomically: true, encoding: .utf8)
        // Forty bytes, which had no checksum.
        try Data(repeating: 7, count: 40).write(to: URL(fileURLWithPath: path + ".highest"))
    }

    @Test func `is read, and goes on`() throws {
        try write()
        let outbox = try Outbox(path: path)
        #expect(outbox.store.description == Self.store)
        #expect(outbox.setAside == nil && outbox.forgotten == nil)
        let tally = try outbox.tally()
        #expect((tally.numbered, tally.waiting, tally.delivered, tally.lost) == (9, 7, 1, 1))
        #expect((tally.implausible, tally.redelivered, tally.heldForClock) == (4, 5, 1))
        #expect(tally.rejections == ["not_json": 12, "too_large": 1])
        #expect(try outbox.losses().map(\.numbers) == [2..<3])
        #expect(try outbox.openingHistory().map { $0.uuidString.lowercased() }.first == Self.opening)
        #expect(try outbox.recentDeliveries().deliveries == [Delivery(packet: 7, fingerprint: 9)])
        #expect(try Outbox.deadLetters(inStoreAt: path, atMost: 10).map(\.head) == [Array("abc".utf8)])
        #expect(try outbox.oldest(atMost: 10) == .segment(bytes: Array("3\n4".utf8), whole: 3..<5, numbers: 3..<5))
        try outbox.acknowledge([3..<5])
        let run = try OutboxTests.readings(outbox.oldest(atMost: 10))
        #expect(run.firstNumber == 5)
        #expect(run.readings.map(\.value) == [.number(5.5), .text("on"), .number(7), .number(-0.25)])
        #expect(run.readings.map(\.series.device) == ["sensor-1", "sensor-2", "sensor-1", "sensor-2"])
        #expect(run.readings.map(\.quality) == [.good, .degraded, .good, .good])
        // The series that were there take what comes.
        try outbox.append([OutboxTests.reading(10)])
        try UnsetClockTests.settle(outbox)
        try outbox.acknowledge([5..<9])
        let last = try OutboxTests.readings(outbox.oldest(atMost: 10)).readings
        #expect(last.map(\.receivedTime.millisecondsSince1970) == [1_790_000_060_000, 1_790_000_000_005])
        let series = try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM series") }
        #expect(series == 2)
    }

    @Test func `has what can't be read declared`() throws {
        try write("UPDATE reading SET flags = 7777 WHERE number = 6; UPDATE reading SET series = 3 WHERE number = 8")
        let outbox = try Outbox(path: path)
        try outbox.acknowledge([3..<6])
        #expect(try outbox.oldest(atMost: 10) == .damaged(6..<7))
    }

    @Test func `is set aside where its tables are not what they were`() throws {
        try write("DROP TABLE segment")
        let outbox = try Outbox(path: path)
        #expect(outbox.setAside != nil)
        try outbox.append([OutboxTests.reading(1)])
        let losses = try outbox.losses()
        #expect(losses.allSatisfy { $0.store.description == Self.store && $0.reason == .corrupt })
        #expect((3..<10).allSatisfy { number in losses.contains { $0.numbers.contains(number) } })
    }
}
