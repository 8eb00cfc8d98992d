import Building
import Foundation
import GRDB
import Outbox
import Rig
import Testing

@Suite struct ChecksumTests {
    /// RFC 3720, appendix B.4.
    private static let examples: [([UInt8], UInt32)] = [
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA), ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        (Array(0..<32), 0x46DD_794E), ((0..<32).reversed(), 0x113F_DB5C), (Array("123456789".utf8), 0xE306_9283),
    ]

    @Test(arguments: examples)
    func `is the CRC-32C of the standard`(bytes: [UInt8], value: UInt32) {
        #expect(bytes.withUnsafeBytes { CRC32C(of: $0).value } == value)
    }

    @Test func `tells where one text ends and the next begins`() {
        var one = CRC32C()
        one.add("ab")
        one.add("c")
        var other = CRC32C()
        other.add("a")
        other.add("bc")
        #expect(one.value != other.value)
    }
}

/// Numbers, counts and identities that decide what is delivered, changed in the file.
@Suite struct LedgerDamageTests {
    let folder = TemporaryFolder()
    private var path: String { folder.file("outbox.sqlite") }

    /// 100 readings, of which 50 went up and 10 had to go, and whose clock was not set at first.
    private func filled() throws -> Outbox {
        let outbox = try Outbox(path: path)
        try outbox.append(
            (1...20).map { UnsetClockTests.early(Double($0), at: 60_000) }, unsetClock: UnsetClockTests.before)
        try outbox.append((21...100).map { OutboxTests.reading(Double($0)) })
        try outbox.acknowledge([31..<81])
        try outbox.giveUp(21..<31, reason: .operator)
        return outbox
    }

    private func change(_ sql: String) throws {
        try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
    }

    private static let changes = [
        "UPDATE tally SET next_number = 17", "UPDATE tally SET next_number = 5000000", "UPDATE tally SET waiting = 3",
        "UPDATE tally SET delivered = 7, lost = 9", "UPDATE tally SET rowid = 77", "UPDATE tally SET checksum = 5",
        "UPDATE tally SET copy = x'00'", "UPDATE tally SET copy = 'text'",
        "UPDATE waiting SET past = 85 WHERE first = 81",
        "UPDATE waiting SET past = 4000 WHERE first = 81", "UPDATE waiting SET first = 40 WHERE first = 81",
        "UPDATE waiting SET past = 12 WHERE first = 1", "UPDATE waiting SET first = 900 WHERE first = 1",
        "UPDATE waiting SET checksum = 1", "UPDATE loss SET past = 28", "UPDATE loss SET first = 1, reason = 'corrupt'",
        "UPDATE loss SET id = 900", "UPDATE loss SET store = '11111111-2222-3333-4444-555555555555'",
        "UPDATE store SET identity = '11111111-2222-3333-4444-555555555555'", "UPDATE store SET identity = 'x'",
        "UPDATE incarnation SET identity = '11111111-2222-3333-4444-555555555555'",
        "UPDATE incarnation SET id = id + 50", "UPDATE unset_clock SET offset_ms = 777",
        "UPDATE unset_clock SET past = 101", "UPDATE unset_clock SET boot = 'another'",
        "UPDATE unset_clock SET is_held = 0",
    ]

    @Test(arguments: changes)
    func `are what they were where one of their two writings is whole`(_ sql: String) throws {
        let outbox = try filled()
        let (tally, losses, openingHistory) = (try outbox.tally(), try outbox.losses(), try outbox.openingHistory())
        let told = DamageInUseTests.Told()
        outbox.onDamage { told.note($0) }
        try change(sql)
        var expected = tally
        func expectAsBefore(_ outbox: Outbox) throws {
            var now = try outbox.tally()
            now.usedBytes = expected.usedBytes
            #expect(now == expected)
            #expect(try outbox.losses() == losses)
            #expect(try outbox.waitingRanges() == [1..<21, 81..<Int64(expected.numbered + 1)])
            #expect(try Array(outbox.openingHistory().prefix(openingHistory.count)) == openingHistory)
        }
        // In use, in whatever order.
        try outbox.append([OutboxTests.reading(101)])
        expected.numbered += 1
        expected.waiting += 1
        try expectAsBefore(outbox)
        #expect(told.all.isEmpty)
        // And by an opening.
        try outbox.close()
        try change(sql)
        let next = try Outbox(path: path)
        #expect(next.store == outbox.store && next.setAside == nil && next.forgotten == nil)
        try expectAsBefore(next)
        try UnsetClockTests.settle(next)
        let early = try OutboxTests.readings(next.oldest(atMost: 20)).readings
        #expect(early.allSatisfy { $0.clockTrusted && $0.receivedTime.millisecondsSince1970 == 1_790_000_060_000 })
        #expect(
            try OutboxTests.readings(next.newest(atMost: 21)).readings.map(\.value.text) == (81...101).map { "\($0)" })
    }

    @Test(arguments: ["tally", "waiting", "loss", "store", "incarnation"])
    func `set the file aside where neither is, and all of its numbers are declared`(_ table: String) throws {
        let outbox = try filled()
        try outbox.close()
        try change("UPDATE \(table) SET checksum = checksum + 1, copy = copy || x'01'")
        let next = try Outbox(path: path)
        #expect(next.setAside != nil)
        let losses = try next.losses()
        #expect(losses.allSatisfy { $0.store == outbox.store })
        let waiting = Array(Int64(1)...30) + Array(81...100)
        #expect(waiting.allSatisfy { number in losses.contains { $0.numbers.contains(number) } })
    }

    @Test func `cost no more than the times where a run of an unset clock is beyond reading`() throws {
        let outbox = try filled()
        try change("UPDATE unset_clock SET offset_ms = 4711, checksum = 5, copy = x'00'")
        #expect(try outbox.tally().heldForClock == 0)
        try UnsetClockTests.settle(outbox)
        let early = try OutboxTests.readings(outbox.oldest(atMost: 20)).readings
        #expect(early.count == 20)
        #expect(early.allSatisfy { !$0.clockTrusted && $0.receivedTime.millisecondsSince1970 == 60_000 })
    }

    @Test func `lie beside the file with a checksum too`() throws {
        let outbox = try filled()
        try outbox.close()
        for (suffix, offset) in [(".highest", 34), (".highest", 20), (".identity", 40)] {
            let note = try Data(contentsOf: URL(fileURLWithPath: path + suffix))
            var changed = note
            changed[offset] ^= 1
            try changed.write(to: URL(fileURLWithPath: path + suffix))
            let next = try Outbox(path: path)
            #expect(next.store == outbox.store && next.forgotten == nil, "\(suffix)")
            #expect(try next.tally().numbered == 100, "\(suffix)")
            try next.close()
        }
    }
}

/// Segments and names that were changed in the file.
@Suite struct ChangedSegmentTests {
    let folder = TemporaryFolder()

    /// Three segments of 100, and 101 readings.
    private func filled() throws -> Outbox {
        let outbox = try Outbox(path: folder.file("outbox.sqlite"))
        try outbox.append((1...401).map { OutboxTests.reading(Double($0), sensor: "sensor-\($0 % 4)") })
        while try outbox.packOldest(keeping: 100, size: 100, encode: BacklogTests.encode) {}
        return outbox
    }

    @Test(arguments: [
        "UPDATE segment SET past = 150 WHERE first = 101", "UPDATE segment SET past = 9000 WHERE first = 101",
        "UPDATE segment SET past = 90 WHERE first = 101", "UPDATE segment SET first = 107 WHERE first = 101",
        "UPDATE segment SET first = 2 WHERE first = 101", "UPDATE segment SET first = 5000 WHERE first = 101",
        "UPDATE segment SET bytes = (SELECT bytes FROM segment WHERE first = 1) WHERE first = 101",
        "UPDATE segment SET checksum = 1 WHERE first = 101", "DELETE FROM segment WHERE first = 101",
    ])
    func `cost what they held and nothing else`(_ sql: String) throws {
        let outbox = try filled()
        try DatabaseQueue(path: outbox.path).write { try $0.execute(sql: sql) }
        #expect(try outbox.newest(atMost: 50)?.numbers == 352..<402)
        var delivered: [Range<Int64>] = []
        while let upload = try outbox.oldest(atMost: 1_000) {
            if case .damaged(let numbers) = upload {
                try outbox.giveUp(numbers, reason: .corrupt)
            } else {
                delivered.append(upload.numbers)
                try outbox.acknowledge([upload.numbers])
            }
        }
        #expect(delivered == [1..<101, 201..<301, 301..<402])
        #expect(try outbox.losses().map(\.numbers) == [101..<201])
        #expect(try outbox.tally().waiting == 0)
        let left = try DatabaseQueue(path: outbox.path).read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM segment")
        }
        #expect(left == 0 || sql.contains("5000"))
    }

    @Test func `make room as one whole`() throws {
        let outbox = try filled()
        try DatabaseQueue(path: outbox.path).write {
            try $0.execute(sql: "UPDATE segment SET past = 100000 WHERE first = 1")
        }
        #expect(try outbox.enforce(maxBytes: 1, keeping: 150) > 100)
        #expect(try outbox.tally().waiting >= 150)
    }

    @Test(arguments: [
        "UPDATE series SET device = 'sensor-9' WHERE device = 'sensor-2'",
        "UPDATE series SET datapoint = 'humidity' WHERE device = 'sensor-2'",
        "UPDATE series SET class = NULL WHERE device = 'sensor-2'",
        "UPDATE series SET checksum = 7 WHERE device = 'sensor-2'",
        "UPDATE series SET id = 900 WHERE device = 'sensor-2'",
        "UPDATE reading SET series = 1 + series % 4 WHERE series = (SELECT id FROM series WHERE device = 'sensor-2')",
    ])
    func `names of a series cost its readings, and later ones get right names again`(_ sql: String) throws {
        let outbox = try Outbox(path: folder.file("outbox.sqlite"))
        try outbox.append((1...100).map { OutboxTests.reading(Double($0), sensor: "sensor-\($0 % 4)") })
        try DatabaseQueue(path: outbox.path).inDatabase {
            try $0.execute(sql: "PRAGMA foreign_keys = OFF; " + sql)
        }
        var delivered: [Reading] = []
        func drain() throws {
            while let upload = try outbox.oldest(atMost: 1_000) {
                if case .readings(let run) = upload {
                    delivered += run.readings
                    try outbox.acknowledge([run.numbers])
                } else {
                    try outbox.giveUp(upload.numbers, reason: .corrupt)
                }
            }
        }
        try drain()
        #expect(delivered.allSatisfy { Int($0.value.text).map { "sensor-\($0 % 4)" } == $0.series.device })
        #expect(delivered.count == 75)
        #expect(try outbox.tally().lost == 25)
        try outbox.append((101...104).map { OutboxTests.reading(Double($0), sensor: "sensor-\($0 % 4)") })
        delivered = []
        try drain()
        #expect(delivered.map(\.series.device) == ["sensor-1", "sensor-2", "sensor-3", "sensor-0"])
    }

    @Test func `a row in the way of a new number does not stop intake`() throws {
        let outbox = try filled()
        try DatabaseQueue(path: outbox.path).write {
            try $0.execute(sql: "UPDATE reading SET number = 402 WHERE number = 350")
        }
        try outbox.append([OutboxTests.reading(402)])
        #expect(try OutboxTests.readings(outbox.newest(atMost: 2)).readings.map(\.value.text) == ["401", "402"])
    }

    @Test(arguments: [
        "UPDATE grdb_migrations SET identifier = 'other' WHERE identifier LIKE '5%'",
        "UPDATE grdb_migrations SET identifier = 'other' WHERE identifier LIKE '2%'",
        "ALTER TABLE tally RENAME lost TO loss",
        "ALTER TABLE reading RENAME value TO valve",
    ])
    func `a description of the tables that was changed does not stop it for good`(_ sql: String) throws {
        let outbox = try filled()
        try outbox.close()
        try DatabaseQueue(path: outbox.path).write { try $0.execute(sql: sql) }
        var next = try Outbox(path: outbox.path)
        if next.setAside == nil {
            #expect(throws: OutboxError.self) { try next.append([OutboxTests.reading(1)]) }
            next.abandon()
            next = try Outbox(path: outbox.path, isKnownDamaged: true)
        }
        try next.append([OutboxTests.reading(1)])
        #expect(try next.tally().waiting == 1)
        #expect(try next.losses().contains { $0.store == outbox.store && $0.numbers.contains(401) })
    }
}
