import Building
import Foundation
import GRDB

/// The offset of the calendar clock from the monotonic clock.
package struct ClockOffset: Sendable, Hashable {
    /// The id of the machine's boot: monotonic time is meaningful only within it.
    package var boot: String
    /// The calendar time minus the monotonic time, in milliseconds.
    package var milliseconds: Int64

    /// Creates an offset.
    package init(boot: String, milliseconds: Int64) {
        self.boot = boot
        self.milliseconds = milliseconds
    }
}

/// The readings taken while the calendar clock could not be trusted, as runs of numbers with the offset at the time:
/// what is needed to correct their times once the clock is set.
struct UnsetClock {
    let database: Database

    /// The difference, in milliseconds, up to which offsets belong to one run.
    private static let sameOffset: Int64 = 50

    /// A run of numbers that were given at one offset of the clocks.
    struct Run {
        var numbers: Range<Int64>
        var clock: ClockOffset
        /// A Boolean value that indicates whether the readings are held back for the clock.
        var isHeld: Bool

        fileprivate init?(_ row: LedgerRow) throws {
            // Without a valid offset nothing can be corrected: these readings are uploaded as they are.
            guard let boot = row.text(2), let offset = row.integer(3), Outbox.possibleOffsets.contains(offset) else {
                return nil
            }
            numbers = try row.numbers(0, 1)
            clock = ClockOffset(boot: boot, milliseconds: offset)
            isHeld = row.integer(4) != 0
        }

        fileprivate init(numbers: Range<Int64>, clock: ClockOffset) {
            self.numbers = numbers
            self.clock = clock
            isHeld = true
        }
    }

    /// The runs, in ascending order.
    var runs: [Run] {
        get throws {
            let runs = try LedgerTable.unsetClock.rows("ORDER BY first", in: database).compactMap(Run.init)
            _ = try StoredValues.ascending(runs.map(\.numbers))
            return runs
        }
    }

    func write(_ run: Run) throws {
        try LedgerTable.unsetClock.write(
            [
                run.numbers.lowerBound.databaseValue, run.numbers.upperBound.databaseValue,
                run.clock.boot.databaseValue, run.clock.milliseconds.databaseValue, (run.isHeld ? 1 : 0).databaseValue,
            ], in: database)
    }

    func remove(_ run: Run) throws {
        try database.execute(sql: "DELETE FROM unset_clock WHERE first = ?", arguments: [run.numbers.lowerBound])
    }

    /// Notes the offset of the clocks for the latest `count` numbers.
    func note(_ clock: ClockOffset, latest count: Int) throws {
        guard count > 0 else { return }
        let next = try Tally.read(database).nextNumber
        let first = next - Int64(count)
        if var last = try runs.last, last.numbers.upperBound == first, last.clock.boot == clock.boot,
            abs(last.clock.milliseconds - clock.milliseconds) <= Self.sameOffset
        {
            last.numbers = last.numbers.lowerBound..<next
            try write(last)
        } else {
            try write(Run(numbers: first..<next, clock: clock))
        }
    }

    /// Adds to the count of implausible times.
    func count(implausible: Int) throws {
        if implausible > 0 { try Tally.change(in: database) { $0.implausible += Int64(implausible) } }
    }

    /// The numbers that are held back for the clock, in ascending order.
    var held: [Range<Int64>] {
        get throws { try runs.filter(\.isHeld).map(\.numbers) }
    }

    /// Returns the first segment that overlaps the numbers.
    func segment(from first: Int64, below past: Int64) throws -> Segment? {
        let segments = Segments(database: database)
        return try segments.holding(first) ?? segments.first(after: first, below: past)
    }

    func replace(_ segment: Segment, by shifted: Outbox.ShiftedSegment) throws {
        try Segments(database: database).write(Segment(numbers: segment.numbers, bytes: shifted.bytes))
        try count(implausible: shifted.implausible)
    }

    /// Shifts the times of `numbers` that our own clock gave, and marks device times that are then implausible.
    ///
    /// - Parameters:
    ///   - shift: the shift in milliseconds.
    ///   - plausible: the largest accepted difference between a device's time and the time of receipt, in milliseconds.
    func shift(_ numbers: Range<Int64>, by shift: Int64, plausible: Int64) throws {
        let readings = StoredReadings(database)
        var found: [StoredReadings.Stored] = []
        let rows = try readings.cursor(from: numbers.lowerBound, below: numbers.upperBound)
        while let row = try rows.next() {
            if let stored = row.stored { found.append(stored) }
        }
        var implausible = 0
        for var stored in found {
            stored.reading.setReceipt(by: shift)
            let (event, receipt) = (stored.reading.eventTime, stored.reading.receivedTime)
            if abs(event.millisecondsSince1970 - receipt.millisecondsSince1970) > plausible {
                implausible += 1
                if stored.reading.quality == .good { stored.reading.quality = .degraded }
            }
            try readings.update(stored)
        }
        try count(implausible: implausible)
    }
}

extension Reading {
    /// Shifts the time of receipt, which is trusted from then on, and the event's time if our own clock gave it.
    fileprivate mutating func setReceipt(by shift: Int64) {
        let isOurs = eventTime == receivedTime
        receivedTime = Timestamp(millisecondsSince1970: receivedTime.millisecondsSince1970 + shift)
        if isOurs { eventTime = receivedTime }
        clockTrusted = true
    }
}

extension Outbox {
    /// A function that shifts the times of `numbers` in a packed segment that our own clock gave, by `shift`
    /// milliseconds. It returns `nil` if the segment can't be read.
    package typealias SegmentShift = (_ bytes: [UInt8], _ numbers: Range<Int64>, _ shift: Int64) -> ShiftedSegment?

    /// A segment with corrected times.
    package struct ShiftedSegment: Sendable {
        /// The bytes of the segment.
        package var bytes: [UInt8]
        /// The number of device times that are now implausible.
        package var implausible: Int

        /// Creates a shifted segment.
        package init(bytes: [UInt8], implausible: Int) {
            self.bytes = bytes
            self.implausible = implausible
        }
    }

    /// Corrects the times of readings that were taken in this boot before the clock was set.
    ///
    /// - Parameters:
    ///   - clock: the offset of the clocks now that the calendar is right.
    ///   - plausible: the largest accepted difference between a device's time and the time of receipt, in milliseconds.
    ///   - limit: the maximum number of readings per call, or one segment, so that intake never waits long.
    ///   - shiftSegment: corrects the times in a packed segment.
    ///
    /// - Returns: whether there was something to do; if so, there may be more.
    package func restamp(
        by clock: ClockOffset, plausible: Int64, atMost limit: Int = 2_000, shiftSegment: SegmentShift
    ) throws(OutboxError) -> Bool {
        guard try hasUnsetClock() else { return false }
        return try writeReturning("update") { database in
            let unset = UnsetClock(database: database)
            guard var run = try unset.runs.first(where: { $0.clock.boot == clock.boot }) else { return false }
            let (first, past) = (run.numbers.lowerBound, run.numbers.upperBound)
            let shift = clock.milliseconds - run.clock.milliseconds
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
            try unset.remove(run)
            if end < past {
                run.numbers = end..<past
                try unset.write(run)
            }
            return true
        }
    }

    /// The offsets that are possible, in milliseconds: some 30,000 years either way.
    static let possibleOffsets: ClosedRange<Int64> = -1_000_000_000_000_000...1_000_000_000_000_000

    /// Releases readings of earlier boots for upload as they are: the time that passed between the boots is unknown.
    ///
    /// - Parameter boot: the present boot.
    package func releaseBoots(before boot: String) throws(OutboxError) {
        guard try hasUnsetClock() else { return }
        try write("update") { database in
            let unset = UnsetClock(database: database)
            let oldest = try WaitingNumbers(database: database).oldest?.lowerBound
            let start = try oldest ?? Tally.read(database).nextNumber
            // Delivered readings need no correction any more.
            for run in try unset.runs where run.clock.boot != boot || run.numbers.upperBound <= start {
                try unset.remove(run)
            }
        }
    }

    /// Releases readings that have waited long enough for the clock. Those not yet delivered when it is set are still
    /// corrected.
    package func releaseHeld() throws(OutboxError) {
        guard try hasUnsetClock() else { return }
        try write("update") { database in
            let unset = UnsetClock(database: database)
            for var run in try unset.runs where run.isHeld {
                run.isHeld = false
                try unset.write(run)
            }
        }
    }

    private func hasUnsetClock() throws(OutboxError) -> Bool {
        try read { database in try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT * FROM unset_clock)") ?? false }
    }
}

extension WaitingNumbers {
    /// Returns the oldest run that may be uploaded and has none of the numbers in `taken`.
    func oldestReady(leavingOut taken: [Range<Int64>]) throws -> Range<Int64>? {
        let apart = try unready(taken)
        guard !apart.isEmpty else { return try oldest }
        return try all(atMost: Self.mostRuns).lazy.compactMap { $0.parts(outside: apart).first }.first
    }

    /// Returns the newest run that may be uploaded and has none of the numbers in `taken`.
    func newestReady(leavingOut taken: [Range<Int64>]) throws -> Range<Int64>? {
        let apart = try unready(taken)
        guard !apart.isEmpty else { return try newest }
        return try all(atMost: Self.mostRuns).reversed().lazy.compactMap { $0.parts(outside: apart).last }.first
    }

    /// Returns `taken` together with what is held back for the clock, in ascending order.
    private func unready(_ taken: [Range<Int64>]) throws -> [Range<Int64>] {
        (try UnsetClock(database: database).held + taken).sorted { $0.lowerBound < $1.lowerBound }
    }

    /// The maximum number of runs that are read; more than ever occur, since they result only from lost responses and
    /// from uploads of both priorities that met.
    private static let mostRuns = 100_000
}

extension Range<Int64> {
    /// Returns the parts of the range that lie in none of `others`, whose first numbers must ascend.
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
