import Building
import Outbox
import Rig
import Testing

@Suite struct OutboxTests {
    let folder = TemporaryFolder()

    static func reading(_ value: Double, sensor: String = "sensor-1", at milliseconds: Int64 = 1_790_000_000_000)
        -> Reading
    {
        Reading(
            series: SeriesKey(
                room: Slug("room-1")!, device: sensor, deviceClass: .temperatureSensor, datapoint: .temperature),
            value: .number(value), eventTime: Timestamp(millisecondsSince1970: milliseconds),
            receivedTime: Timestamp(millisecondsSince1970: milliseconds + 5), clockTrusted: true)
    }

    func open() throws -> Outbox { try Outbox(path: folder.file("outbox.sqlite")) }

    @Test func `gives back what was stored, in the order of its numbers`() throws {
        let outbox = try open()
        var readings = (0..<10).map { Self.reading(Double($0), sensor: "sensor-\($0 % 3)") }
        readings[3].value = .text("überall")
        readings[4].quality = .degraded
        readings[5].clockTrusted = false
        try outbox.append(Array(readings[..<6]))
        try outbox.append(Array(readings[6...]))
        let run = try Self.readings(outbox.oldest(atMost: 100))
        #expect(run.firstNumber == 1)
        #expect(run.readings == readings)
        #expect(run.store == outbox.store)
    }

    @Test func `never gives a number twice, also after all was delivered and the store was opened again`() throws {
        let first = try open()
        try first.append([Self.reading(1), Self.reading(2)])
        try first.acknowledge([1..<3])
        let store = first.store
        try first.close()
        let second = try open()
        #expect(second.store == store)
        #expect(try second.oldest(atMost: 10) == nil)
        try second.append([Self.reading(3)])
        #expect(try second.oldest(atMost: 10)?.numbers == 3..<4)
    }

    @Test func `gives every new file an identity of its own`() throws {
        let other = try Outbox(path: folder.file("other.sqlite"))
        #expect(try open().store != other.store)
    }

    @Test func `stops a run at a gap in the numbers`() throws {
        let outbox = try open()
        try outbox.append((0..<10).map { Self.reading(Double($0)) })
        try outbox.acknowledge([4..<6])
        #expect(try outbox.oldest(atMost: 100)?.numbers == 1..<4)
        try outbox.acknowledge([1..<4])
        #expect(try outbox.oldest(atMost: 3)?.numbers == 6..<9)
    }

    @Test func `keeps count without counting`() throws {
        let outbox = try open()
        try outbox.append((0..<10).map { Self.reading(Double($0)) })
        try outbox.acknowledge([1..<4])
        try outbox.acknowledge([1..<5])
        let tally = try outbox.tally()
        #expect(tally.numbered == 10)
        #expect(tally.waiting == 6)
        #expect(tally.delivered == 4)
    }

    @Test func `keeps the newest dead letters, and counts all`() throws {
        let outbox = try open()
        let time = Timestamp(millisecondsSince1970: 1_790_000_000_000)
        for part in 0..<3 {
            try outbox.append(
                [],
                deadLetters: (0..<500).map {
                    DeadLetter(
                        receivedTime: time, topic: "/readings/x", reason: "not_json", size: 10_000,
                        payload: [UInt8](repeating: UInt8($0 % 256), count: part == 2 ? 2_000 : 10))
                })
        }
        let letters = try Outbox.deadLetters(inStoreAt: outbox.path, atMost: 5000)
        #expect(letters.count == DeadLetter.mostKept)
        #expect(letters.first?.head.count == DeadLetter.headSize)
        #expect(try outbox.tally().rejections == ["not_json": 1500])
    }

    /// The readings of a parcel that is no segment.
    static func readings(_ upload: Upload?) throws -> NumberedReadings {
        guard case .readings(let readings) = upload else {
            throw ManagedProcess.DidNotHappen(description: "no readings, but \(String(describing: upload))")
        }
        return readings
    }
}
