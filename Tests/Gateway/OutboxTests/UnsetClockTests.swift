import Building
import GRDB
import Outbox
import Rig
import Testing

/// Readings that were taken while the calendar clock could not be trusted.
@Suite struct UnsetClockTests {
    let folder = TemporaryFolder()
    static let day: Int64 = 86_400_000
    /// The gateway booted a minute ago by a calendar of 1970.
    static let before = ClockOffset(boot: "this boot", milliseconds: 0)
    /// And is told that it is 2026.
    static let after = ClockOffset(boot: "this boot", milliseconds: 1_790_000_000_000)

    func open() throws -> Outbox { try Outbox(path: folder.file("outbox.sqlite")) }

    /// Taken `at` milliseconds by our calendar; `event`: what the device said.
    static func early(_ value: Double, at: Int64, event: Int64? = nil, quality: Quality = .good) -> Reading {
        var reading = OutboxTests.reading(value)
        reading.receivedTime = Timestamp(millisecondsSince1970: at)
        reading.eventTime = Timestamp(millisecondsSince1970: event ?? at)
        reading.clockTrusted = false
        reading.quality = quality
        return reading
    }

    static func run(_ outbox: Outbox) throws -> [Reading] {
        try OutboxTests.readings(outbox.oldest(atMost: 10_000)).readings
    }

    static func settle(_ outbox: Outbox, by clock: ClockOffset = after, atMost limit: Int = 2_000) throws {
        while try outbox.restamp(by: clock, plausible: day, atMost: limit, shiftSegment: { _, _, _ in nil }) {}
    }

    @Test func `puts the times right that our own clock gave, and leaves the devices' own`() throws {
        let outbox = try open()
        let told: Int64 = 1_790_000_050_000
        try outbox.append(
            [Self.early(1, at: 60_000), Self.early(2, at: 61_000, event: told)], unsetClock: Self.before)
        try outbox.append([Self.early(3, at: 62_000, quality: .degraded)], unsetClock: Self.before)
        #expect(try outbox.tally().heldForClock == 3)
        try Self.settle(outbox)
        let readings = try Self.run(outbox)
        #expect(
            readings.map(\.receivedTime.millisecondsSince1970)
                == [60_000, 61_000, 62_000].map { 1_790_000_000_000 + $0 })
        #expect(
            readings.map(\.eventTime.millisecondsSince1970) == [1_790_000_060_000, told, 1_790_000_062_000])
        #expect(readings.allSatisfy { $0.clockTrusted })
        #expect(readings.map(\.quality) == [.good, .good, .degraded])
        #expect(try outbox.tally().heldForClock == 0)
        #expect(try outbox.tally().implausible == 0)
    }

    @Test func `follows a calendar that was set in several steps`() throws {
        let outbox = try open()
        // A time of 2001 comes in between: better, but not right.
        let between = ClockOffset(boot: "this boot", milliseconds: 1_000_000_000_000)
        try outbox.append([Self.early(1, at: 60_000)], unsetClock: Self.before)
        try outbox.append([Self.early(2, at: 1_000_000_070_000)], unsetClock: between)
        try outbox.append(
            [Self.early(3, at: 1_000_000_080_020)],
            unsetClock: ClockOffset(boot: "this boot", milliseconds: between.milliseconds + 20))
        try Self.settle(outbox)
        let times = try Self.run(outbox).map { $0.receivedTime.millisecondsSince1970 - Self.after.milliseconds }
        #expect(times == [60_000, 70_000, 80_020])
    }

    @Test func `holds them back from both lanes until the clock is set, and nothing else`() throws {
        let outbox = try open()
        try outbox.append([OutboxTests.reading(1), OutboxTests.reading(2)])
        try outbox.append([Self.early(3, at: 60_000), Self.early(4, at: 60_001)], unsetClock: Self.before)
        #expect(try outbox.oldest(atMost: 10)?.numbers == 1..<3)
        #expect(try outbox.newest(atMost: 10)?.numbers == 1..<3)
        try outbox.append([OutboxTests.reading(5)])
        #expect(try outbox.newest(atMost: 10)?.numbers == 5..<6)
        try outbox.acknowledge([5..<6])
        try outbox.acknowledge([1..<3])
        #expect(try outbox.oldest(atMost: 10) == nil)
        #expect(try outbox.newest(atMost: 10) == nil)
        #expect(try outbox.waitingRanges() == [3..<5])
        try Self.settle(outbox)
        #expect(try outbox.oldest(atMost: 10)?.numbers == 3..<5)
    }

    @Test func `lets them go up untrusted when they have waited long enough`() throws {
        let outbox = try open()
        try outbox.append([Self.early(1, at: 60_000)], unsetClock: Self.before)
        try outbox.releaseHeld()
        let reading = try #require(try Self.run(outbox).first)
        #expect(!reading.clockTrusted)
        #expect(reading.eventTime.millisecondsSince1970 == 60_000)
        // What follows does not wait anew.
        try outbox.append([Self.early(2, at: 61_000)], unsetClock: Self.before)
        #expect(try outbox.oldest(atMost: 10)?.numbers == 1..<3)
        // Those that are still here when the clock is set are put right all the same.
        try Self.settle(outbox)
        #expect(try Self.run(outbox).allSatisfy { $0.clockTrusted && $0.quality == .good })
    }

    @Test func `lets those of an earlier boot go up as they are, untrusted`() throws {
        let first = try open()
        try first.append(
            [Self.early(1, at: 60_000)], unsetClock: ClockOffset(boot: "an earlier boot", milliseconds: 0))
        try first.append([Self.early(2, at: 10_000)], unsetClock: Self.before)
        try first.close()
        let outbox = try open()
        #expect(try outbox.oldest(atMost: 10) == nil)
        try Self.settle(outbox)
        try outbox.releaseBoots(before: "this boot")
        let readings = try Self.run(outbox)
        #expect(readings.map(\.clockTrusted) == [false, true])
        #expect(readings.map(\.receivedTime.millisecondsSince1970) == [60_000, 1_790_000_010_000])
    }

    @Test func `puts many right in steps, over gaps and over a crash between two steps`() throws {
        let first = try open()
        for group in 0..<10 {
            try first.append(
                (0..<100).map { Self.early(Double($0), at: Int64(group) * 1_000) }, unsetClock: Self.before)
        }
        try first.giveUp(150..<420, reason: .operator)
        #expect(try first.restamp(by: Self.after, plausible: Self.day, atMost: 64) { _, _, _ in nil })
        #expect(try first.oldest(atMost: 1_000)?.numbers == 1..<65)
        // No orderly end: the file is opened a second time as a killed gateway left it.
        let outbox = try open()
        #expect(try outbox.oldest(atMost: 1_000)?.numbers == 1..<65)
        try Self.settle(outbox, atMost: 64)
        var seen = 0
        while let upload = try outbox.oldest(atMost: 1_000) {
            let readings = try OutboxTests.readings(upload).readings
            #expect(
                readings.allSatisfy {
                    $0.clockTrusted && $0.eventTime >= Timestamp(millisecondsSince1970: Self.after.milliseconds)
                })
            #expect(
                readings.allSatisfy {
                    $0.eventTime <= Timestamp(millisecondsSince1970: Self.after.milliseconds + 9_000)
                })
            seen += readings.count
            try outbox.acknowledge([upload.numbers])
        }
        #expect(seen == 1_000 - 270)
    }

    @Test func `marks a device's time that shows as implausible once the clock is set`() throws {
        let outbox = try open()
        try outbox.append(
            [Self.early(1, at: 60_000, event: 1_700_000_000_000), Self.early(2, at: 60_000)], unsetClock: Self.before)
        try Self.settle(outbox)
        #expect(try Self.run(outbox).map(\.quality) == [.degraded, .good])
        #expect(try Self.run(outbox)[0].eventTime.millisecondsSince1970 == 1_700_000_000_000)
        #expect(try outbox.tally().implausible == 1)
    }

    @Test func `packs around those that wait for the clock, and them once it is set`() throws {
        let outbox = try open()
        let group = (0..<1_000).map { OutboxTests.reading(Double($0)) }
        let early = (0..<1_000).map { Self.early(Double($0), at: 60_000 + Int64($0)) }
        try outbox.append(group)
        try outbox.append(early, unsetClock: Self.before)
        for _ in 0..<40 { try outbox.append(group) }
        var packed: [Range<Int64>] = []
        func pack() throws {
            while try outbox.packOldest(encode: { run in
                packed.append(run.numbers)
                return BacklogTests.encode(run)
            }) {}
        }
        try pack()
        #expect(packed.first == 1..<1_001)
        #expect(packed.dropFirst().first?.lowerBound == 2_001)
        #expect(packed.allSatisfy { !$0.overlaps(1_001..<2_001) })
        try outbox.acknowledge([1..<1_001])
        #expect(try outbox.oldest(atMost: 10)?.numbers.lowerBound == 2_001)
        try Self.settle(outbox)
        packed = []
        try pack()
        #expect(packed == [1_001..<2_001])
        #expect(try outbox.tally().waiting == 41_000)
    }

    @Test func `forgets what it noted of the clock once it went up`() throws {
        let outbox = try open()
        for step in 0..<50 {
            try outbox.append(
                [Self.early(1, at: 1_000)],
                unsetClock: ClockOffset(boot: "this boot", milliseconds: Int64(step) * 10_000))
        }
        try outbox.releaseHeld()
        try outbox.acknowledge([1..<51])
        try outbox.releaseBoots(before: "this boot")
        try outbox.close()
        let runs = try DatabaseQueue(path: folder.file("outbox.sqlite")).read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM unset_clock")
        }
        #expect(runs == 0)
    }
}
