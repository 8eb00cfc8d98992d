import Building
import Foundation
import GRDB

/// The contents of one upload.
package enum Upload: Sendable, Hashable {
    /// Readings that are stored individually.
    case readings(NumberedReadings)
    /// A packed segment as it is stored. `numbers` are those that still wait; they are fewer than `whole` only if the
    /// rest has been uploaded.
    case segment(bytes: [UInt8], whole: Range<Int64>, numbers: Range<Int64>)
    /// Readings that should be in the store, but are missing or can't be read.
    case damaged(Range<Int64>)

    /// The numbers of the readings that the upload covers.
    package var numbers: Range<Int64> {
        switch self {
        case .readings(let readings): readings.numbers
        case .segment(_, _, let numbers), .damaged(let numbers): numbers
        }
    }
}

extension Outbox {
    /// Returns the oldest waiting readings that are not held back for the clock: a segment, or at most `limit` unpacked
    /// readings; `nil` if there are none.
    ///
    /// - Parameter taken: numbers to leave out because they are in flight.
    package func oldest(atMost limit: Int, leavingOut taken: [Range<Int64>] = []) throws(OutboxError) -> Upload? {
        try read { database in
            guard let waiting = try WaitingNumbers(database: database).oldestReady(leavingOut: taken) else {
                return nil
            }
            if let segment = try Segments(database: database).holding(waiting.lowerBound) {
                return .segment(
                    bytes: segment.bytes, whole: segment.numbers, numbers: segment.numbers.clamped(to: waiting))
            }
            return try upload(from: waiting.lowerBound, below: waiting.upperBound, atMost: limit, in: database)
        }
    }

    /// Returns the newest waiting readings that are not held back for the clock, at most `limit`; `nil` if there are
    /// none or the newest are packed.
    ///
    /// - Parameter taken: numbers to leave out because they are in flight.
    package func newest(atMost limit: Int, leavingOut taken: [Range<Int64>] = []) throws(OutboxError) -> Upload? {
        try read { database in
            guard let waiting = try WaitingNumbers(database: database).newestReady(leavingOut: taken) else {
                return nil
            }
            let packed = try Segments(database: database).last(upTo: waiting.upperBound)?.numbers.upperBound
            let first = max(waiting.lowerBound, waiting.upperBound - Int64(limit), packed ?? 0)
            guard first < waiting.upperBound else { return nil }
            return try upload(from: first, below: waiting.upperBound, atMost: limit, in: database)
        }
    }

    /// Returns the upload, or the input of a segment, that starts at the waiting number `first`.
    func upload(from first: Int64, below past: Int64, atMost limit: Int, in database: Database) throws
        -> Upload?
    {
        let readings = try readings(from: first, below: past, atMost: limit, in: database)
        guard readings.isEmpty else {
            return .readings(NumberedReadings(store: store, firstNumber: first, readings: readings))
        }
        let numbers = first..<(try nextReadable(after: first, below: past, in: database))
        return numbers.isEmpty ? nil : .damaged(numbers)
    }

    /// Returns readings from `first` on, up to the first that is missing or damaged.
    private func readings(
        from first: Int64, below past: Int64, atMost limit: Int, in database: Database
    ) throws -> [Reading] {
        let rows = try StoredReadings(database).cursor(from: first, below: past)
        var readings: [Reading] = []
        while readings.count < limit, let (number, stored) = try rows.next(), let stored,
            number == first + Int64(readings.count)
        {
            readings.append(stored.reading)
        }
        return readings
    }

    /// Returns the next number after an unreadable one whose reading can be read, individually or in a segment; `past`
    /// if there is none before it.
    private func nextReadable(after number: Int64, below past: Int64, in database: Database) throws -> Int64 {
        guard number < past else { return past }
        let segment = try Segments(database: database).first(after: number, below: past)
        let end = segment?.numbers.lowerBound ?? past
        return try StoredReadings(database).firstReadable(from: number + 1, below: end) ?? end
    }

    /// Forgets readings that the central service holds. Numbers that are already gone are ignored.
    package func acknowledge(_ runs: [Range<Int64>]) throws(OutboxError) {
        try write("delete from") { database in
            var removed = 0
            for numbers in runs { removed += try forget(numbers, in: database).total }
            try Tally.change(in: database) { tally in
                tally.waiting -= Int64(removed)
                tally.delivered += Int64(removed)
            }
        }
    }

    /// Deletes readings, and segments that hold no waiting number any more.
    ///
    /// - Returns: the numbers that were waiting.
    func forget(_ numbers: Range<Int64>, in database: Database) throws -> [Range<Int64>] {
        let removed = try WaitingNumbers(database: database).remove(numbers)
        try database.execute(
            sql: "DELETE FROM reading WHERE number >= ? AND number < ?",
            arguments: [numbers.lowerBound, numbers.upperBound])
        try Segments(database: database).removeDelivered(numbers)
        return removed
    }
}

extension [Range<Int64>] {
    /// The number of elements in all ranges together.
    var total: Int { reduce(0) { $0 + $1.count } }
}
