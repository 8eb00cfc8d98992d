import Building
import Foundation
import GRDB
import Outbox
import Rig
import Synchronization
import Testing

/// A file that is damaged while the store is open, and files that hold what was never put there.
@Suite struct DamageInUseTests {
    let folder = TemporaryFolder()

    var path: String { folder.file("outbox.sqlite") }

    enum Blow: CaseIterable, Sendable { case pagesOverwritten, truncated, logOverwritten, logTruncated }

    /// What was told of damage.
    final class Told: Sendable {
        private let errors = Mutex<[OutboxError]>([])
        func note(_ error: OutboxError) { errors.withLock { $0.append(error) } }
        var all: [OutboxError] { errors.withLock { $0 } }
    }

    private func strike(_ blow: Blow) throws {
        let isLog = blow == .logOverwritten || blow == .logTruncated
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: isLog ? path + "-wal" : path))
        defer { try? file.close() }
        let size = try file.seekToEnd()
        try #require(size > 8 * 4096)
        switch blow {
        case .truncated, .logTruncated: try file.truncate(atOffset: isLog ? 4096 : 4096)
        case .pagesOverwritten, .logOverwritten:
            // The log's header stays: its frames are what is wrong.
            for offset in stride(from: UInt64(isLog ? 4096 : 0), to: size, by: 4096) {
                try file.seek(toOffset: offset)
                try file.write(contentsOf: Data(repeating: 0x5A, count: Int(min(4096, size - offset))))
            }
        }
    }

    @Test(arguments: Blow.allCases)
    func `notices damage while it is in use, and declares what was lost at the next opening`(_ blow: Blow) throws {
        let outbox = try Outbox(path: path)
        for start in stride(from: 0, to: 5_000, by: 500) {
            try outbox.append((start..<start + 500).map { OutboxTests.reading(Double($0)) })
        }
        let isLog = blow == .logOverwritten || blow == .logTruncated
        if !isLog { try outbox.checkpoint() }
        let told = Told()
        outbox.onDamage { told.note($0) }
        try strike(blow)
        // Whoever meets it first: what is cached still reads well.
        for value in 0..<50 where told.all.isEmpty {
            _ = try? outbox.append([OutboxTests.reading(Double(value))])
            _ = try? outbox.oldest(atMost: 5_000)
            _ = try? outbox.newest(atMost: 5_000)
            _ = try? outbox.tally()
        }
        #expect(told.all.count == 1)
        #expect(told.all.first?.kind == .damaged)
        outbox.abandon()

        let next = try Outbox(path: path)
        if next.store == outbox.store {
            // The log ends where it is wrong: what came after it is declared.
            #expect(isLog)
            #expect(next.forgotten != nil)
        } else {
            #expect(next.setAside != nil)
        }
        #expect(next.incarnation != outbox.incarnation)
        let losses = try next.losses()
        #expect(losses.allSatisfy { $0.store == outbox.store && $0.reason == .corrupt })
        let lost = losses.reduce(into: Set<Int64>()) { $0.formUnion($1.numbers.clamped(to: 1..<6_000)) }
        let there = next.store == outbox.store ? try next.waitingRanges() : []
        #expect((1...5_000).allSatisfy { number in lost.contains(number) || there.contains { $0.contains(number) } })
        try next.append([OutboxTests.reading(1)])
        #expect(try next.tally().waiting > 0)
    }

    @Test func `sets a file aside that is known to be damaged, though a check finds it sound`() throws {
        let first = try Outbox(path: path)
        try first.append([OutboxTests.reading(1)])
        try first.close()
        let second = try Outbox(path: path, isKnownDamaged: true)
        #expect(second.setAside != nil)
        #expect(try second.losses().map(\.numbers) == [1..<2])
    }

    /// Each of these once ended the process: at the next start it ended again.
    @Test(arguments: [
        "UPDATE tally SET next_number = 'abc'", "UPDATE tally SET next_number = -9223372036854775808",
        "UPDATE tally SET next_number = 9223372036854775807", "DELETE FROM tally", "UPDATE tally SET waiting = 'x'",
        "UPDATE tally SET lost = -1", "UPDATE waiting SET past = first", "UPDATE waiting SET past = 'abc'",
        "UPDATE waiting SET past = 9223372036854775807", "INSERT INTO waiting (first, past) VALUES (2, 4)",
        "UPDATE segment SET past = 'x'", "UPDATE segment SET past = 0", "UPDATE segment SET bytes = 5",
        "INSERT INTO unset_clock (first, past, boot, offset_ms, is_held) VALUES (5, 1, 'b', 0, 1)",
        "INSERT INTO unset_clock (first, past, boot, offset_ms, is_held) VALUES (1, 9, 'b', -9223372036854775808, 1)",
        "INSERT INTO unset_clock (first, past, boot, offset_ms, is_held) VALUES (1, 9, 'boot', 'x', 1)",
        "INSERT INTO loss (id, first, past, reason) VALUES (1, 9, 3, 'corrupt')",
        "INSERT INTO loss (id, store, first, past, reason) VALUES (1, 7, 'a', 'b', 5)",
        "INSERT INTO rejection (reason, count) VALUES ('x', 'many')",
        "INSERT INTO dead_letter VALUES (1, 'x', 5, 6, 'y', 1, 7)",
        "INSERT INTO delivery_group (past, bytes) VALUES (5, 'abc')",
        "INSERT INTO delivery_group (past, bytes) VALUES (-5, x'00')",
        "UPDATE reading SET event_ms = 9223372036854775807",
        "DELETE FROM store", "UPDATE store SET identity = 7", "INSERT INTO incarnation (id, identity) VALUES (99, 7)",
    ])
    func `goes on whatever its file holds`(_ change: String) throws {
        let first = try Outbox(path: path)
        try first.append((0..<3_000).map { OutboxTests.reading(Double($0)) })
        while try first.packOldest(keeping: 500, size: 1_000, encode: BacklogTests.encode) {}
        try first.close()
        let database = try DatabaseQueue(path: path)
        try database.inDatabase { try $0.execute(sql: "PRAGMA foreign_keys = OFF; " + change) }
        try database.close()

        let outbox = try Outbox(path: path)
        let told = Told()
        outbox.onDamage { told.note($0) }
        useAll(of: outbox)
        guard !told.all.isEmpty else { return }
        outbox.abandon()
        // As the gateway does where the check finds nothing.
        let next = try Outbox(path: path, isKnownDamaged: true)
        #expect(next.setAside != nil)
        try next.append([OutboxTests.reading(1)])
        #expect(try next.tally().waiting == 1)
        useAll(of: next)
    }

    /// Every call that reads what lies in the file.
    private func useAll(of outbox: Outbox) {
        _ = try? outbox.tally()
        _ = try? outbox.append([OutboxTests.reading(1)], unsetClock: ClockOffset(boot: "boot", milliseconds: 5))
        _ = try? outbox.recentDeliveries()
        _ = try? outbox.losses()
        _ = try? outbox.openingHistory()
        _ = try? outbox.waitingRanges()
        _ = try? outbox.oldest(atMost: 1_000)
        _ = try? outbox.newest(atMost: 1_000)
        _ = try? outbox.packOldest(keeping: 100, size: 100, encode: BacklogTests.encode)
        _ = try? outbox.restamp(by: ClockOffset(boot: "boot", milliseconds: 9), plausible: 1_000) { bytes, _, _ in
            Outbox.ShiftedSegment(bytes: bytes, implausible: 0)
        }
        _ = try? outbox.acknowledge([1..<50, 1_000..<1_200])
        _ = try? outbox.enforce(maxBytes: 1, keeping: 10)
        _ = try? outbox.noteIdentity()
        _ = try? outbox.forgetUnusedSeries(beyond: 0)
        _ = try? outbox.usedBytes()
        _ = try? Outbox.deadLetters(inStoreAt: path, atMost: 10)
    }

    @Test(arguments: [Int64.min, -1, .max, 1 << 60])
    func `believes no notes beside the file that can't be true`(_ number: Int64) throws {
        let first = try Outbox(path: path)
        try first.append([OutboxTests.reading(1)])
        try first.close()
        var mark = try Data(contentsOf: URL(fileURLWithPath: path + ".highest"))
        mark.replaceSubrange(32..<40, with: (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) })
        try mark.write(to: URL(fileURLWithPath: path + ".highest"))
        try #"{"numbered":\#(number),"store":"\#(first.store)"}"#
            .write(toFile: path + ".identity", atomically: true, encoding: .utf8)
        let second = try Outbox(path: path)
        #expect(second.store == first.store)
        #expect(second.forgotten == nil)
        try second.append([OutboxTests.reading(2)])
        #expect(try second.tally().numbered == 2)
    }
}
