import Building
import Foundation
import GRDB

/// What goes up in one request.
package enum Upload: Sendable, Hashable {
    /// Readings that lie in the store one by one.
    case readings(NumberedReadings)
    /// A packed segment, as it lies there. `numbers` are those of its numbers that still wait, a part of `whole` only
    /// where the rest has gone up already.
    case segment(bytes: [UInt8], whole: Range<Int64>, numbers: Range<Int64>)
    /// Readings that should lie in the store, and do not, or can't be read any more.
    case damaged(Range<Int64>)

    package var numbers: Range<Int64> {
        switch self {
        case .readings(let readings): readings.numbers
        case .segment(_, _, let numbers), .damaged(let numbers): numbers
        }
    }
}

extension Outbox {
    /// The oldest readings that wait and need not wait for the clock: a segment, or at most `limit` readings that are not
    /// packed. `nil` where none waits.
    ///
    /// - Parameter taken: numbers that are left out, since they are on their way.
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

    /// The newest readings that wait and need not wait for the clock, at most `limit`; `nil` where none waits, or the
    /// newest are packed already.
    ///
    /// - Parameter taken: numbers that are left out, since they are on their way.
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

    /// What goes up, or is packed, of the numbers from `first` on, which wait.
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

    /// Readings from `first` on, up to the first that is missing or damaged.
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

    /// The first number after one that can't be read whose reading can, by itself or in a segment; `past` where there is
    /// none before it.
    private func nextReadable(after number: Int64, below past: Int64, in database: Database) throws -> Int64 {
        guard number < past else { return past }
        let segment = try Segments(database: database).first(after: number, below: past)
        let end = segment?.numbers.lowerBound ?? past
        return try StoredReadings(database).firstReadable(from: number + 1, below: end) ?? end
    }

    /// Forgets readings that the central service holds. Numbers that are gone already are no error.
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

    /// Deletes readings, and segments none of whose numbers waits any more.
    ///
    /// - Returns: the numbers that waited.
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
    /// How many numbers the ranges hold.
    var total: Int { reduce(0) { $0 + $1.count } }
}
