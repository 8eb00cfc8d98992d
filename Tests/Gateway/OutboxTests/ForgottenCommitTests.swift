import Foundation
import Outbox
import Rig
import Testing

/// A file that has gone back behind what it once committed: SQLite takes a log with a wrong bit for ended there, and
/// says nothing.
@Suite struct ForgottenCommitTests {
    let folder = TemporaryFolder()
    var path: String { folder.file("outbox.sqlite") }

    /// A store that numbered five readings and now knows of two, and its last opening but one.
    private func setBack() throws -> UUID {
        let first = try Outbox(path: path)
        try first.append([OutboxTests.reading(1), OutboxTests.reading(2)])
        try first.close()
        let early = try Data(contentsOf: URL(fileURLWithPath: path))
        let second = try Outbox(path: path)
        try second.append((3...5).map { OutboxTests.reading(Double($0)) })
        let opening = second.incarnation
        try second.close()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try early.write(to: URL(fileURLWithPath: path))
        return opening
    }

    @Test func `declares what a damaged log held, and gives no number twice`() throws {
        let opening = try setBack()
        let outbox = try Outbox(path: path)
        #expect(outbox.forgotten == 3..<6)
        #expect(outbox.setAside == nil)
        let losses = try outbox.losses()
        #expect(losses.map(\.numbers) == [3..<6])
        #expect(losses.map(\.reason) == [.corrupt])
        #expect(try outbox.tally().numbered == 5)
        #expect(try outbox.tally().waiting == 2)
        try outbox.append([OutboxTests.reading(6)])
        #expect(try outbox.waitingRanges() == [1..<3, 6..<7])
        #expect(try outbox.openingHistory().contains(opening), "the central service may know that one")
    }

    @Test func `says so once`() throws {
        _ = try setBack()
        try Outbox(path: path).close()
        let outbox = try Outbox(path: path)
        #expect(outbox.forgotten == nil)
        #expect(try outbox.tally().lost == 3)
    }
}
