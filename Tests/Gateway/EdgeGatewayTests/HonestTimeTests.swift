import Building
import CivilTime
import EdgeConfiguration
import EdgeGateway
import Foundation
import Logging
import MQTT
import Outbox
import Rig
import Testing
import Uplink
import WireFormat

/// Intake, upkeep and the gateway's own readings while the calendar does what it likes.
@Suite struct HonestTimeTests {
    static let hour: Int64 = 3_600_000
    let folder = TemporaryFolder()
    let logger = Logger(label: "test")
    let plausibility = Plausibility(hours: 24)

    /// A gateway's storing parts on one store and one clock.
    struct Gateway {
        var outbox: Outbox
        var intake: IntakeService
        var upkeep: BufferMaintenance

        /// Takes a message as the broker's client hands it over.
        func take(_ value: Double, timestamp: String? = nil) -> Bool {
            let time = timestamp.map { #","timestamp":\#($0)"# } ?? ""
            let payload = #"{"sensorID":"sensor-1","type":"temperature","value":\#(value)\#(time)}"#
            return intake.store([
                MQTTMessage(topic: "/readings/room-1/temperature", payload: payload.utf8, qualityOfService: .atMostOnce)
            ])
        }

        /// Everything that may go up, oldest first, with its numbers.
        func deliver() throws -> [(number: Int64, reading: Reading)] {
            var delivered: [(Int64, Reading)] = []
            while case .readings(let run)? = try outbox.oldest(atMost: 1_000) {
                delivered += zip(run.numbers, run.readings).map { ($0, $1) }
                try outbox.acknowledge([run.numbers])
            }
            return delivered
        }
    }

    func gateway(_ time: SettableClock, patience: Duration = .seconds(900)) throws -> Gateway {
        let outbox = try Outbox(path: folder.file("outbox.sqlite"))
        let watch = ClockWatch(clock: time.clock, patience: patience, logger: logger)
        let limits = try EdgeConfiguration.load(path: Checkout.file("config/edge-one-room.yaml")).buffer
        return Gateway(
            outbox: outbox,
            intake: try IntakeService(
                outbox: outbox, calendar: .utc, clock: time.clock, plausibility: plausibility,
                logger: logger),
            upkeep: BufferMaintenance(
                outbox: outbox, limits: limits, clockWatch: watch, plausibility: plausibility, logger: logger))
    }

    @Test func `puts the times right of what came before the clock was set`() async throws {
        let time = SettableClock(SettableClock.beginning)
        let gateway = try gateway(time)
        let told = SettableClock.present + 5_000
        #expect(gateway.take(1))
        time.advance(10_000)
        #expect(gateway.take(2, timestamp: "\(told)"))
        try await gateway.upkeep.settleTimes()
        #expect(try gateway.deliver().isEmpty)
        time.set(SettableClock.present + 20_000)
        try await gateway.upkeep.settleTimes()
        let readings = try gateway.deliver().map(\.reading)
        #expect(
            readings.map(\.receivedTime.millisecondsSince1970) == [10_000, 20_000].map { SettableClock.present + $0 })
        #expect(readings.map(\.eventTime.millisecondsSince1970) == [SettableClock.present + 10_000, told])
        #expect(readings.allSatisfy { $0.clockTrusted && $0.quality == .good })
    }

    @Test func `lets readings go up untrusted when nobody sets the clock`() async throws {
        let time = SettableClock(SettableClock.beginning)
        let gateway = try gateway(time)
        #expect(gateway.take(1))
        time.advance(899_999)
        try await gateway.upkeep.settleTimes()
        #expect(try gateway.outbox.oldest(atMost: 10) == nil)
        time.advance(1)
        try await gateway.upkeep.settleTimes()
        let reading = try #require(try gateway.deliver().first?.reading)
        #expect(!reading.clockTrusted)
    }

    @Test func `puts right what was packed meanwhile`() async throws {
        let time = SettableClock(SettableClock.beginning)
        let gateway = try gateway(time)
        let told = SettableClock.present + 5_000
        for value in 0..<300 {
            #expect(gateway.take(Double(value), timestamp: value == 7 ? "\(told)" : value == 8 ? "86400" : nil))
        }
        time.advance(900_000)
        try await gateway.upkeep.settleTimes()
        #expect(gateway.take(300))
        while try gateway.outbox.packOldest(keeping: 50, size: 128, encode: UploadBody.segment) {}
        time.set(SettableClock.present + 1_000_000)
        try await gateway.upkeep.settleTimes()
        var rows: [ReadingBatch.Row] = []
        while case .segment(let bytes, _, let numbers)? = try gateway.outbox.oldest(atMost: 1_000) {
            rows += try ReadingBatch.decode(bytes).rows
            try gateway.outbox.acknowledge([numbers])
        }
        #expect(rows.count == 250)
        #expect(rows.allSatisfy { $0.clockTrusted })
        #expect(rows.allSatisfy { $0.receivedTime.millisecondsSince1970 == SettableClock.present + 100_000 })
        #expect(rows[6].eventTime == rows[6].receivedTime)
        #expect(rows[7].eventTime.millisecondsSince1970 == told)
        #expect(rows[8].eventTime.millisecondsSince1970 == 86_400_000)
        #expect(rows.map(\.quality).enumerated().allSatisfy { $1 == ($0 == 8 ? .degraded : .good) })
        let rest = try gateway.deliver().map(\.reading)
        #expect(rest.count == 51)
        #expect(rest.allSatisfy { $0.clockTrusted })
    }

    @Test func `puts right after a restart, but not after a boot`() async throws {
        let time = SettableClock(SettableClock.beginning)
        let first = try gateway(time)
        #expect(first.take(1))
        try first.outbox.close()
        // The gateway is started again while the machine runs on.
        time.advance(5_000)
        let second = try gateway(time)
        #expect(second.take(2))
        try second.outbox.close()
        // The power fails, and the machine boots in 1970 once more.
        let later = SettableClock(SettableClock.beginning, boot: "the next boot")
        let third = try gateway(later)
        #expect(third.take(3))
        later.set(SettableClock.present)
        try await third.upkeep.settleTimes()
        let readings = try third.deliver().map(\.reading)
        #expect(readings.map(\.clockTrusted) == [false, false, true])
        #expect(readings.map(\.receivedTime.millisecondsSince1970) == [30_000, 35_000, SettableClock.present])
    }

    @Test func `loses nothing and goes on counting when the calendar jumps`() async throws {
        let time = SettableClock(SettableClock.present)
        let gateway = try gateway(time)
        let right = SettableClock.present
        var elapsed: Int64 = 0
        for step in [0, -Self.hour, Self.hour, Self.hour, -Self.hour, -right, right] {
            time.step(step)
            for _ in 0..<3 {
                #expect(gateway.take(Double(elapsed)))
                time.advance(1_000)
                elapsed += 1_000
                try await gateway.upkeep.settleTimes()
            }
        }
        let delivered = try gateway.deliver()
        #expect(delivered.map(\.number) == Array(1...21))
        #expect(delivered.allSatisfy { $0.reading.clockTrusted })
        // What was taken in 1970 has its right time.
        for (index, entry) in delivered.enumerated().dropFirst(15) {
            #expect(entry.reading.receivedTime.millisecondsSince1970 == right + Int64(index) * 1_000)
        }
        let tally = try gateway.outbox.tally()
        #expect(tally.numbered == 21)
        #expect(tally.delivered == 21)
        #expect(tally.waiting == 0)
    }

    @Test func `keeps and marks a device's time that can't be right`() async throws {
        let time = SettableClock(SettableClock.present)
        let gateway = try gateway(time)
        for offset in [-25 * Self.hour, -23 * Self.hour, 0, 23 * Self.hour, 25 * Self.hour] {
            #expect(gateway.take(20, timestamp: "\(SettableClock.present + offset)"))
        }
        #expect(gateway.take(20))
        let readings = try gateway.deliver().map(\.reading)
        #expect(readings.map(\.quality) == [.degraded, .good, .good, .good, .degraded, .good])
        #expect(readings[0].eventTime.millisecondsSince1970 == SettableClock.present - 25 * Self.hour)
        #expect(try gateway.outbox.tally().implausible == 2)
    }

    @Test func `judges no device's time by a clock that is not set itself`() async throws {
        let time = SettableClock(SettableClock.beginning)
        let gateway = try gateway(time)
        #expect(gateway.take(1, timestamp: "\(SettableClock.present)"))
        #expect(gateway.take(2, timestamp: "\(SettableClock.present - 48 * Self.hour)"))
        #expect(try gateway.outbox.tally().implausible == 0)
        time.set(SettableClock.present)
        try await gateway.upkeep.settleTimes()
        #expect(try gateway.deliver().map(\.reading.quality) == [.good, .degraded])
        #expect(try gateway.outbox.tally().implausible == 1)
    }

    @Test func `gives the gateway's own readings their times when they are stored`() throws {
        let time = SettableClock(SettableClock.beginning)
        let inbox = ReadingInbox()
        let reading = Reading(
            series: SeriesKey(
                room: Slug("room-1")!, device: "climate", deviceClass: .roomController, datapoint: .valveLevel),
            value: .number(14), eventTime: Timestamp(millisecondsSince1970: 0),
            receivedTime: Timestamp(millisecondsSince1970: 0), clockTrusted: false)
        inbox.put([reading], at: time.clock.monotonic())
        time.advance(2_000)
        let (early, unset) = time.clock.stamp(inbox.takeAll())
        #expect(unset?.boot == "this boot")
        #expect(early.map(\.receivedTime.millisecondsSince1970) == [30_000])
        #expect(early.allSatisfy { !$0.clockTrusted })
        // The disk was full for a while, and the clock was set meanwhile.
        inbox.put([reading], at: time.clock.monotonic())
        time.advance(60_000)
        time.set(SettableClock.present)
        let (late, nothing) = time.clock.stamp(inbox.takeAll())
        #expect(nothing == nil)
        #expect(late.map(\.eventTime.millisecondsSince1970) == [SettableClock.present - 60_000])
        #expect(late.allSatisfy { $0.clockTrusted })
    }

    @Test func `tells of the clock in its status`() throws {
        let text = #"{"clock":{"implausibleTimes":3,"isSet":false,"steps":2,"waitingForClock":4},"state":"online"}"#
        let status = try JSONDecoder().decode(GatewayStatus.self, from: Data(text.utf8))
        #expect(status.clock?.isSet == false)
        #expect(status.clock?.steps == 2)
        #expect(status.clock?.implausibleTimes == 3)
        #expect(status.clock?.waitingForClock == 4)
        #expect(String(decoding: status.payload, as: UTF8.self) == text)
        // An older gateway says nothing of it.
        let older = try JSONDecoder().decode(GatewayStatus.self, from: Data(#"{"state":"online"}"#.utf8))
        #expect(older.clock == nil)
    }
}
