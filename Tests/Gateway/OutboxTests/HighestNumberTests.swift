import Foundation
import Outbox
import Rig
import Testing

/// The few bytes beside a store's file that say how far it has numbered.
@Suite struct HighestNumberTests {
    private let folder = TemporaryFolder()

    /// An opening of a store with one reading, beside which stands that the next one gets `number`.
    private func reopened(next number: Int64) throws -> Outbox {
        let path = folder.file("outbox.sqlite")
        let first = try Outbox(path: path)
        try first.append([OutboxTests.reading(1)])
        try first.close()
        let notes = URL(fileURLWithPath: path + ".highest")
        var bytes = try Data(contentsOf: notes)
        bytes.replaceSubrange(32..<40, with: (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) })
        // The checksum over them is right: what is judged is the number.
        let checksum = bytes[..<40].withUnsafeBytes { CRC32C(of: $0).value }
        bytes.replaceSubrange(40..<44, with: withUnsafeBytes(of: checksum.bigEndian) { Array($0) })
        try bytes.write(to: notes)
        return try Outbox(path: path)
    }

    @Test func `a higher number is gone on from, and those up to it are declared lost`() throws {
        let outbox = try reopened(next: 1_000)
        #expect(outbox.forgotten == 2..<1_000)
        try outbox.append([OutboxTests.reading(2)])
        #expect(try outbox.tally().numbered == 1_000)
    }

    @Test(arguments: [1 << 54, 1 << 56, 1 << 62, Int64.min])
    func `a bit that no store's number has is damage, however likely the others are`(_ bit: Int64) throws {
        let outbox = try reopened(next: bit | 1_000)
        #expect(outbox.forgotten == nil)
        try outbox.append([OutboxTests.reading(2)])
        #expect(try outbox.tally().numbered == 2)
    }
}
