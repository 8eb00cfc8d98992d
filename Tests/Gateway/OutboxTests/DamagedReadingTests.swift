import Building
import GRDB
import Outbox
import Rig
import Testing

/// A disk that changes bits within a file whose structure stays sound.
@Suite struct DamagedReadingTests {
    let folder = TemporaryFolder()

    /// A store with 100 readings, to one or more of which something was done.
    private func damaged(_ change: String) throws -> Outbox {
        let outbox = try Outbox(path: folder.file("outbox.sqlite"))
        try outbox.append((1...100).map { OutboxTests.reading(Double($0)) })
        try DatabaseQueue(path: outbox.path).write { try $0.execute(sql: change) }
        return outbox
    }

    @Test(arguments: [
        "UPDATE reading SET flags = 77777 WHERE number = 1", "UPDATE reading SET event_ms = -5 WHERE number = 1",
        "UPDATE reading SET event_ms = 'x' WHERE number = 1", "UPDATE reading SET received_ms = x'00' WHERE number = 1",
        "UPDATE reading SET value = x'00ff' WHERE number = 1", "UPDATE reading SET value = 9e999 WHERE number = 1",
        "PRAGMA foreign_keys = OFF; DELETE FROM reading WHERE number = 1",
    ])
    func `is told apart from what can be read`(change: String) throws {
        let outbox = try damaged(change)
        #expect(try outbox.oldest(atMost: 10) == .damaged(1..<2))
        try outbox.giveUp(1..<2, reason: .corrupt)
        #expect(try outbox.oldest(atMost: 10)?.numbers == 2..<12)
        #expect(try outbox.losses().map(\.reason) == [.corrupt])
    }

    @Test func `does not keep what comes before and behind from going up`() throws {
        let outbox = try damaged("UPDATE reading SET flags = -1 WHERE number BETWEEN 40 AND 42")
        #expect(try outbox.oldest(atMost: 100)?.numbers == 1..<40)
        try outbox.acknowledge([1..<40])
        #expect(try outbox.oldest(atMost: 100) == .damaged(40..<43))
        try outbox.giveUp(40..<43, reason: .corrupt)
        #expect(try outbox.oldest(atMost: 100)?.numbers == 43..<101)
    }

    @Test func `is given up by the packing too, which otherwise would stand still`() throws {
        let outbox = try damaged("UPDATE reading SET event_ms = 'xy' WHERE number = 1")
        while try outbox.packOldest(keeping: 0, size: 50, encode: BacklogTests.encode) {}
        #expect(try outbox.losses().map(\.numbers) == [1..<2])
        #expect(try outbox.tally().waiting == 99)
    }
}
