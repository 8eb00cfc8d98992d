import Building
import Foundation
import GRDB
import Synchronization

extension Outbox {
    /// The number of newest readings that stay unpacked, so that they can be sent with the newest priority.
    package static let unpackedReadings = 20_000
    /// The number of readings in one segment.
    package static let segmentSize = 8_192

    /// Packs the oldest waiting readings into one segment, if there are many. Readings held back for the clock stay
    /// unpacked.
    ///
    /// - Parameters:
    ///   - unpacked: the number of newest readings that stay unpacked.
    ///   - size: the number of readings in one segment.
    ///   - encode: returns the bytes of a segment, in the form in which it is uploaded.
    ///
    /// - Returns: whether there was something to pack; if so, there may be more.
    package func packOldest(
        keeping unpacked: Int = unpackedReadings, size: Int = segmentSize, encode: (NumberedReadings) -> [UInt8]
    ) throws(OutboxError) -> Bool {
        let upload: Upload? = try read { database in
            let next = try Tally.read(database).nextNumber
            // Numbers that were never given, such as those that result from a flipped bit, are ignored.
            let newest = try StoredValues.number(
                database, "SELECT max(number) FROM reading WHERE number < ?", [next])
            let past = (newest ?? 0) - Int64(unpacked)
            let oldest = try StoredValues.number(database, "SELECT min(number) FROM reading WHERE number >= 0")
            guard let first = oldest, first < past else { return nil }
            for part in (first..<past).parts(outside: try UnsetClock(database: database).held) {
                let first = try Int64.fetchOne(
                    database, sql: "SELECT min(number) FROM reading WHERE number >= ? AND number < ?",
                    arguments: [part.lowerBound, part.upperBound])
                guard let first else { continue }
                // A short run before a gap is packed too; otherwise it would block what follows.
                return try self.upload(from: first, below: part.upperBound, atMost: size, in: database)
            }
            return nil
        }
        if case .damaged(let numbers)? = upload {
            try giveUp(numbers, reason: .corrupt)
            return true
        }
        guard case .readings(let run)? = upload else { return false }
        let bytes = encode(run)
        try write("pack") { database in
            let numbers = run.numbers
            let present = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM reading WHERE number >= ? AND number < ?",
                arguments: [numbers.lowerBound, numbers.upperBound])
            // Some were uploaded or dropped while they were being encoded: the next call packs the rest.
            guard present == numbers.count else { return }
            try Segments(database: database).write(Segment(numbers: numbers, bytes: bytes))
            try database.execute(
                sql: "DELETE FROM reading WHERE number >= ? AND number < ?",
                arguments: [numbers.lowerBound, numbers.upperBound])
        }
        return true
    }

    /// Returns free space to the file system, at most `pages` of 4096 bytes, so that intake never waits long.
    ///
    /// - Parameter kept: the number of free pages that are kept, since the next readings will need them.
    package func giveSpaceBack(pages: Int = 2_000, keeping kept: Int = 128) throws(OutboxError) {
        let free = try read { database in try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0 }
        guard free > 2 * kept else { return }
        try attempt("release free space of") {
            try database.writeWithoutTransaction { database in
                let steps = try Row.fetchCursor(database, sql: "PRAGMA incremental_vacuum(\(min(pages, free - kept)))")
                while try steps.next() != nil {}
            }
        }
    }

    /// Returns the number of bytes of the file that are in use, read from its header.
    package func usedBytes() throws(OutboxError) -> Int64 {
        try read { database in try Self.usedBytes(database) }
    }

    /// Returns the number of bytes in use, within a transaction.
    static func usedBytes(_ database: Database) throws -> Int64 {
        let pages = try Int64.fetchOne(database.cachedStatement(sql: "PRAGMA page_count")) ?? 0
        let free = try Int64.fetchOne(database.cachedStatement(sql: "PRAGMA freelist_count")) ?? 0
        let size = try Int64.fetchOne(database.cachedStatement(sql: "PRAGMA page_size")) ?? 4096
        return (pages - free) * size
    }

    /// The number of readings that are kept however small the limit is: they can't be what fills the buffer.
    package static let leastReadings = 1_000

    /// Drops the oldest readings until no more than `maxBytes` are in use, and notes the loss for declaration.
    ///
    /// - Parameter kept: the number of newest readings that stay whatever else fills the file.
    ///
    /// - Returns: the number of dropped readings.
    @discardableResult
    package func enforce(maxBytes: Int64, keeping kept: Int = leastReadings) throws(OutboxError) -> Int {
        var dropped = 0
        // In steps, each a transaction of its own: after a crash in between, everything is still accounted for.
        while try usedBytes() > maxBytes {
            let step = try writeReturning("drop from") { database -> Int in
                let count = Int(try Tally.read(database).waiting)
                guard count > kept, let waiting = try WaitingNumbers(database: database).oldest else { return 0 }
                let segments = Segments(database: database)
                try segments.removeDamaged(upTo: waiting.lowerBound)
                let segment = try segments.holding(waiting.lowerBound)
                let most = Int64(count - kept)
                let past = min(
                    waiting.upperBound, segment?.numbers.upperBound ?? waiting.lowerBound + min(2_000, most))
                // A segment is dropped whole or not at all.
                guard past - waiting.lowerBound <= most else { return 0 }
                return try drop(waiting.lowerBound..<past, reason: .bufferFull, in: database)
            }
            guard step > 0 else { break }
            dropped += step
        }
        return dropped
    }

    /// Declares readings lost that can't be delivered.
    package func giveUp(_ numbers: Range<Int64>, reason: LossReason) throws(OutboxError) {
        try write("drop from") { database in
            if reason == .corrupt { try forgetDamaged(upTo: numbers.upperBound - 1, in: database) }
            _ = try drop(numbers, reason: reason, in: database)
        }
    }

    /// Removes what can no longer be read, so that it is not met again: segments, and cached names of series that may
    /// be damaged.
    private func forgetDamaged(upTo number: Int64, in database: Database) throws {
        try Segments(database: database).removeDamaged(upTo: number)
        knownSeries.withLock { $0.forget() }
    }

    /// Drops readings and notes the loss; returns the number of readings dropped.
    private func drop(_ numbers: Range<Int64>, reason: LossReason, in database: Database) throws -> Int {
        let removed = try forget(numbers, in: database)
        for range in removed { try Loss.note(range, reason, in: database) }
        try Tally.change(in: database) { tally in
            tally.waiting -= Int64(removed.total)
            tally.lost += Int64(removed.total)
        }
        return removed.total
    }
}
