import Foundation
import GRDB

/// How far the calendar clock was from the monotonic one.
public struct ClockOffset: Sendable, Hashable {
    /// The machine's boot: monotonic time means something only within it.
    public var boot: String
    /// Calendar time less monotonic time, milliseconds.
    public var milliseconds: Int64

    public init(boot: String, milliseconds: Int64) {
        self.boot = boot
        self.milliseconds = milliseconds
    }
}

/// The numbers whose readings were taken while the calendar clock could not be trusted, as runs with the offset that
/// held then: what is needed to put their times right once the clock is set.
struct UnsetClock {
    let database: Database

    /// Offsets that differ by less are one run, milliseconds.
    private static let sameOffset: Int64 = 50

    /// Notes how the clock stood for the numbers given last.
    func note(_ clock: ClockOffset, latest count: Int) throws {
        guard count > 0 else { return }
        let next = try StoredValues.nextNumber(database)
        let first = next - Int64(count)
        try database.execute(
            sql: """
                UPDATE unset_clock SET past = ?1 WHERE past = ?2 AND boot = ?3 AND abs(offset_ms - ?4) <= ?5
                """, arguments: [next, first, clock.boot, clock.milliseconds, Self.sameOffset])
        guard database.changesCount == 0 else { return }
        try database.execute(
            sql: "INSERT INTO unset_clock (first, past, boot, offset_ms, is_held) VALUES (?, ?, ?, ?, 1)",
            arguments: [first, next, clock.boot, clock.milliseconds])
    }

    func count(implausible: Int) throws {
        try database.execute(sql: "UPDATE tally SET implausible = implausible + ?", arguments: [implausible])
    }

    /// The numbers that wait for the clock before they may go up, ascending.
    var held: [Range<Int64>] {
        get throws {
            let statement = try database.cachedStatement(
                sql: "SELECT first, past FROM unset_clock WHERE is_held ORDER BY first")
            return try StoredValues.ascending(try Row.fetchAll(statement).map { try $0.numbers(0, 1) })
        }
    }

    /// A packed part of the backlog.
    struct Segment {
        var numbers: Range<Int64>
        var bytes: [UInt8]
    }

    /// The first segment that has some of the numbers.
    func segment(from first: Int64, below past: Int64) throws -> Segment? {
        let row = try Row.fetchOne(
            database, sql: "SELECT first, past, bytes FROM segment WHERE past > ? AND first < ? ORDER BY first LIMIT 1",
            arguments: [first, past])
        return try row.map { row in
            Segment(numbers: try row.numbers(0, 1), bytes: [UInt8](row.bytes(2) ?? Data()))
        }
    }

    func replace(_ segment: Segment, by shifted: Outbox.ShiftedSegment) throws {
        try database.execute(
            sql: "UPDATE segment SET bytes = ? WHERE first = ?",
            arguments: [Data(shifted.bytes), segment.numbers.lowerBound])
        try count(implausible: shifted.implausible)
    }

    /// Shifts the times that our own clock gave to `numbers`, and marks the devices' times that now show as implausible.
    ///
    /// - Parameters:
    ///   - shift: milliseconds.
    ///   - plausible: how far a device's time may be from its receipt, milliseconds.
    func shift(_ numbers: Range<Int64>, by shift: Int64, plausible: Int64) throws {
        let bounds: StatementArguments = [numbers.lowerBound, numbers.upperBound]
        // The right-hand sides see the row as it was: a time that is the receipt's came from our clock.
        try database.execute(
            sql: """
                UPDATE reading SET received_ms = received_ms + ?3, flags = flags | 1,
                    event_ms = CASE WHEN event_ms = received_ms THEN event_ms + ?3 ELSE event_ms END
                WHERE number >= ?1 AND number < ?2
                """, arguments: bounds + [shift])
        try database.execute(
            sql: """
                UPDATE reading SET flags = CASE WHEN flags >> 1 = 0 THEN flags | 2 ELSE flags END
                WHERE number >= ?1 AND number < ?2 AND abs(event_ms - received_ms) > ?3
                """, arguments: bounds + [plausible])
        try count(implausible: database.changesCount)
    }
}

extension Outbox {
    /// Shifts the times that our own clock gave to `numbers` of a packed segment.
    ///
    /// - Parameter shift: milliseconds.
    /// - Returns: the segment as it is then, and how many devices' times show as implausible now; `nil` where it can't be
    ///   read.
    public typealias SegmentShift = (_ bytes: [UInt8], _ numbers: Range<Int64>, _ shift: Int64) -> ShiftedSegment?

    public struct ShiftedSegment: Sendable {
        public var bytes: [UInt8]
        public var implausible: Int

        public init(bytes: [UInt8], implausible: Int) {
            self.bytes = bytes
            self.implausible = implausible
        }
    }

    /// Puts the times right of readings that were taken in this boot before the clock was set.
    ///
    /// - Parameters:
    ///   - clock: how the clocks stand now that the calendar is right.
    ///   - plausible: how far a device's own time may be from its receipt, milliseconds.
    ///   - limit: how many at most, or one segment, so that intake never waits long.
    ///   - shiftSegment: does the same to a packed segment.
    /// - Returns: whether there was something to do; then there may be more.
    public func restamp(
        by clock: ClockOffset, plausible: Int64, atMost limit: Int = 2_000, shiftSegment: SegmentShift
    ) throws(OutboxError) -> Bool {
        guard try hasUnsetClock() else { return false }
        return try writeReturning("update") { database in
            let run = try Row.fetchOne(
                database, sql: "SELECT first, past, offset_ms FROM unset_clock WHERE boot = ? ORDER BY first LIMIT 1",
                arguments: [clock.boot])
            guard let run else { return false }
            let numbers = try run.numbers(0, 1)
            let (first, past) = (numbers.lowerBound, numbers.upperBound)
            guard let offset = run.integer(2), Self.possibleOffsets.contains(offset) else {
                throw StoredValues.damage("\(run.databaseValue(2)) as a clock's offset")
            }
            let shift = clock.milliseconds - offset
            let unset = UnsetClock(database: database)
            let segment = try unset.segment(from: first, below: past)
            let end: Int64
            if let segment, segment.numbers.lowerBound <= first {
                end = min(segment.numbers.upperBound, past)
                if let shifted = shiftSegment(segment.bytes, first..<end, shift) {
                    try unset.replace(segment, by: shifted)
                }
            } else {
                let unpacked = first..<(segment?.numbers.lowerBound ?? past)
                let rest = try StoredValues.number(
                    database,
                    "SELECT number FROM reading WHERE number >= ? AND number < ? ORDER BY number LIMIT 1 OFFSET ?",
                    [unpacked.lowerBound, unpacked.upperBound, limit])
                end = rest ?? unpacked.upperBound
                try unset.shift(first..<end, by: shift, plausible: plausible)
            }
            if end < past {
                try database.execute(
                    sql: "UPDATE unset_clock SET first = ? WHERE first = ?", arguments: [end, first])
            } else {
                try database.execute(sql: "DELETE FROM unset_clock WHERE first = ?", arguments: [first])
            }
            return true
        }
    }

    /// Milliseconds; some 30,000 years either way.
    private static let possibleOffsets: ClosedRange<Int64> = -1_000_000_000_000_000...1_000_000_000_000_000

    /// Lets readings of earlier boots go up as they are: nobody knows how much time passed between the boots.
    ///
    /// - Parameter boot: the present one.
    public func releaseBoots(before boot: String) throws(OutboxError) {
        guard try hasUnsetClock() else { return }
        try write("update") { database in
            try database.execute(sql: "DELETE FROM unset_clock WHERE boot <> ?", arguments: [boot])
            // What has gone up needs no clock any more.
            try database.execute(
                sql: """
                    DELETE FROM unset_clock WHERE past <= coalesce(
                        (SELECT min(first) FROM waiting), (SELECT next_number FROM tally))
                    """)
        }
    }

    /// Lets readings go up that have waited long enough for the clock. Those that are still here when it is set are
    /// put right all the same.
    public func releaseHeld() throws(OutboxError) {
        guard try hasUnsetClock() else { return }
        try write("update") { database in
            try database.execute(sql: "UPDATE unset_clock SET is_held = 0 WHERE is_held")
        }
    }

    private func hasUnsetClock() throws(OutboxError) -> Bool {
        try read { database in try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT * FROM unset_clock)") ?? false }
    }
}

extension WaitingNumbers {
    /// The oldest run that may go up and has none of the numbers `taken`.
    func oldestReady(leavingOut taken: [Range<Int64>]) throws -> Range<Int64>? {
        let apart = try unready(taken)
        guard !apart.isEmpty else { return try oldest }
        return try all(atMost: Self.mostRuns).lazy.compactMap { $0.parts(outside: apart).first }.first
    }

    /// The newest run that may go up and has none of the numbers `taken`.
    func newestReady(leavingOut taken: [Range<Int64>]) throws -> Range<Int64>? {
        let apart = try unready(taken)
        guard !apart.isEmpty else { return try newest }
        return try all(atMost: Self.mostRuns).reversed().lazy.compactMap { $0.parts(outside: apart).last }.first
    }

    /// `taken`, and what waits for the clock; ascending.
    private func unready(_ taken: [Range<Int64>]) throws -> [Range<Int64>] {
        (try UnsetClock(database: database).held + taken).sorted { $0.lowerBound < $1.lowerBound }
    }

    /// More than there ever are: they come from answers that were lost and from lanes that met.
    private static let mostRuns = 100_000
}

extension Range<Int64> {
    /// What of it lies in none of `others`, whose first numbers ascend.
    func parts(outside others: [Range<Int64>]) -> [Range<Int64>] {
        var parts: [Range<Int64>] = []
        var start = lowerBound
        for other in others where other.upperBound > start && other.lowerBound < upperBound {
            if other.lowerBound > start { parts.append(start..<other.lowerBound) }
            start = Swift.max(start, other.upperBound)
        }
        if start < upperBound { parts.append(start..<upperBound) }
        return parts
    }
}
