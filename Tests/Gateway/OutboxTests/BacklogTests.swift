import Building
import Foundation
import GRDB
import Outbox
import Rig
import Testing

@Suite struct BacklogTests {
    let folder = TemporaryFolder()

    func open() throws -> Outbox { try Outbox(path: folder.file("outbox.sqlite")) }

    /// A store with so many readings, appended in groups.
    func filled(_ count: Int) throws -> Outbox {
        let outbox = try open()
        for start in stride(from: 0, to: count, by: 1_000) {
            try outbox.append((start..<min(count, start + 1_000)).map { OutboxTests.reading(Double($0)) })
        }
        return outbox
    }

    /// Stands in for the wire format: the values, one a line.
    static func encode(_ run: NumberedReadings) -> [UInt8] {
        Array(run.readings.map(\.value.text).joined(separator: "\n").utf8)
    }

    @Test func `gives the newest first to one lane and the oldest to the other`() throws {
        let outbox = try filled(5_000)
        #expect(try outbox.newest(atMost: 100)?.numbers == 4_901..<5_001)
        #expect(try outbox.oldest(atMost: 100)?.numbers == 1..<101)
        try outbox.acknowledge([4_901..<5_001])
        try outbox.append([OutboxTests.reading(1)])
        #expect(try outbox.newest(atMost: 100)?.numbers == 5_001..<5_002)
        #expect(try outbox.waitingRanges() == [1..<4_901, 5_001..<5_002])
    }

    @Test func `packs what is old into segments, and loses nothing by it`() throws {
        let outbox = try filled(60_000)
        while try outbox.packOldest(encode: Self.encode) {}
        var seen: [Range<Int64>] = []
        var segments = 0
        while let upload = try outbox.oldest(atMost: 5_000) {
            if case .segment(let bytes, let whole, let numbers) = upload {
                segments += 1
                #expect(whole == numbers)
                #expect(bytes.split(separator: UInt8(ascii: "\n")).count == whole.count)
            }
            seen.append(upload.numbers)
            try outbox.acknowledge([upload.numbers])
        }
        #expect(segments == 5)
        #expect(seen.first?.lowerBound == 1)
        #expect(seen.last?.upperBound == 60_001)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        #expect(try outbox.tally().waiting == 0)
        #expect(try outbox.tally().delivered == 60_000)
    }

    @Test func `sends of a segment only what did not go up yet`() throws {
        let outbox = try filled(40_000)
        while try outbox.packOldest(encode: Self.encode) {}
        try outbox.acknowledge([1..<101])
        guard case .segment(_, let whole, let numbers) = try outbox.oldest(atMost: 10) else {
            return #expect(Bool(false), "the oldest is no segment")
        }
        #expect(whole == 1..<8_193)
        #expect(numbers == 101..<8_193)
    }

    @Test func `drops the oldest beyond its cap, and declares it`() throws {
        let outbox = try filled(60_000)
        while try outbox.packOldest(encode: Self.encode) {}
        let cap = try outbox.usedBytes() / 2
        let dropped = try outbox.enforce(maxBytes: cap)
        #expect(dropped > 0)
        #expect(try outbox.usedBytes() <= cap)
        let losses = try outbox.losses()
        #expect(losses.map(\.numbers) == [1..<Int64(dropped + 1)])
        #expect(losses.allSatisfy { $0.reason == .bufferFull && $0.store == outbox.store })
        let tally = try outbox.tally()
        #expect(tally.numbered == tally.waiting + tally.delivered + tally.lost)
        #expect(try outbox.oldest(atMost: 1)?.numbers.lowerBound == Int64(dropped + 1))
        try outbox.settleLosses(losses)
        #expect(try outbox.losses().isEmpty)
    }

    @Test func `keeps some readings where something else fills the file`() throws {
        let outbox = try filled(3_500)
        #expect(try outbox.enforce(maxBytes: 1) == 2_500)
        #expect(try outbox.tally().waiting == 1_000)
    }

    @Test func `forgets the names of what is gone, and goes on with those that come again`() throws {
        let outbox = try open()
        let names = (0..<300).map { "made-up-\($0)" }
        try outbox.append(names.map { OutboxTests.reading(1, sensor: $0) })
        try outbox.acknowledge([1..<251])
        #expect(try outbox.forgetUnusedSeries() == 0)
        #expect(try outbox.forgetUnusedSeries(beyond: 100) == 250)
        try outbox.append([OutboxTests.reading(2, sensor: names[0]), OutboxTests.reading(3, sensor: names[299])])
        let readings = try OutboxTests.readings(outbox.oldest(atMost: 1_000)).readings
        #expect(readings.map(\.series.device) == Array(names[250...]) + [names[0], names[299]])
    }

    @Test func `gives file space back`() throws {
        let outbox = try filled(60_000)
        let path = folder.file("outbox.sqlite")
        func size() throws -> Int { try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0 }
        try outbox.acknowledge([1..<60_001])
        try outbox.checkpoint()
        let before = try size()
        for _ in 0..<20 { try outbox.giveSpaceBack() }
        try outbox.checkpoint()
        #expect(try size() < before)
    }

    @Test func `sets a damaged file aside, begins anew and declares what waited`() throws {
        let first = try filled(3_000)
        let store = first.store
        try first.acknowledge([1..<1_001])
        try first.close()
        try damageEnd()

        let second = try open()
        #expect(second.store != store)
        let aside = try #require(second.setAside)
        #expect(FileManager.default.fileExists(atPath: aside))
        let losses = try second.losses()
        #expect(losses.allSatisfy { $0.store == store && $0.reason == .corrupt })
        #expect(losses.contains { $0.numbers.upperBound == 3_001 })
        try second.append([OutboxTests.reading(1)])
        #expect(try second.oldest(atMost: 1)?.numbers == 1..<2)
    }

    @Test func `declares for a damaged file what that had to declare itself`() throws {
        let first = try filled(3_000)
        let firstStore = first.store
        try first.close()
        try damageEnd()
        let second = try filled(3_000)
        let secondStore = second.store
        try second.giveUp(1..<11, reason: .bufferFull)
        try second.close()
        try damageEnd()

        let losses = try open().losses()
        #expect(losses.contains { $0.store == firstStore && $0.reason == .corrupt && $0.numbers.upperBound == 3_001 })
        #expect(losses.contains { $0.store == secondStore && $0.reason == .bufferFull && $0.numbers == 1..<11 })
        #expect(losses.contains { $0.store == secondStore && $0.reason == .corrupt && $0.numbers.upperBound == 3_001 })
    }

    /// The last pages hold readings, the first ones who the store is.
    private func damageEnd() throws {
        let path = folder.file("outbox.sqlite")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for index in (bytes.count - 12_288)..<bytes.count { bytes[index] ^= 0x5A }
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    @Test func `sets a file aside that is no store at all`() throws {
        let path = try folder.write("outbox.sqlite", String(repeating: "no database at all ", count: 500))
        let outbox = try Outbox(path: path)
        #expect(outbox.setAside != nil)
        try outbox.append([OutboxTests.reading(1)])
    }

    @Test func `keeps the openings that the central service does not know`() throws {
        let first = try open()
        let known = first.incarnation
        try first.settleOpeningHistory()
        try first.close()
        try open().close()
        let third = try open()
        let openingHistory = try third.openingHistory()
        #expect(openingHistory.count == 3)
        #expect(openingHistory.first == known)
        #expect(openingHistory.last == third.incarnation)
        try third.settleOpeningHistory()
        #expect(try third.openingHistory() == [third.incarnation])
    }

    @Test func `remembers what the broker may deliver again`() throws {
        let first = try open()
        func deliver(_ packets: ClosedRange<Int64>, floor: Int64, leftOut: Int = 0, to outbox: Outbox) throws {
            let deliveries = packets.map { Delivery(packet: UInt16($0), fingerprint: .max - UInt64($0)) }
            let note = DeliveryNote(
                deliveries: deliveries, end: packets.upperBound + 1, floor: floor, leftOut: leftOut)
            try outbox.append([], deliveries: note)
        }
        for start in stride(from: Int64(0), to: 2_000, by: 100) {
            try deliver(start...start + 99, floor: max(0, start - 900), leftOut: 3, to: first)
        }
        #expect(try first.tally().redelivered == 60)
        try first.close()
        let second = try open()
        let recent = try second.recentDeliveries()
        #expect(recent.end == 2_000)
        #expect(recent.deliveries == (1_000..<2_000).map { Delivery(packet: $0, fingerprint: .max - UInt64($0)) })
        #expect(try second.tally().redelivered == 60)
        try second.forget(deliveries: DeliveryNote(deliveries: [], end: 2_000, floor: 2_000, leftOut: 0))
        #expect(try second.recentDeliveries().deliveries.isEmpty)
    }
}
