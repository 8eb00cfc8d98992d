import Building
import Foundation
import HTTPClient
import Logging
import Outbox
import Rig
import ServiceRig
import Synchronization
import Testing
import Uplink
import WireFormat

/// A declaration of losses that the central service refuses for good.
@Suite struct RefusedLossTests {
    @Test func `holds up neither its neighbours nor any reading, and is shown`() async throws {
        let folder = TemporaryFolder()
        let outbox = try Outbox(path: folder.file("outbox.sqlite"))
        let series = SeriesKey(
            room: Slug("room-1")!, device: "sensor-1", deviceClass: .temperatureSensor, datapoint: .temperature)
        let time = Timestamp(millisecondsSince1970: 1_790_000_000_000)
        try outbox.append(
            (0..<100).map {
                Reading(
                    series: series, value: .number(Double($0)), eventTime: time, receivedTime: time, clockTrusted: true)
            })
        // Every other one, so that each is a loss of its own.
        for number in stride(from: Int64(1), to: 41, by: 2) {
            try outbox.giveUp(number..<(number + 1), reason: number % 4 == 1 ? .corrupt : .operator)
        }
        #expect(try outbox.losses().count == 20)
        let central = FakeCentral()
        let taken = Mutex<[LossDeclaration.Loss]>([])
        central.answer("/losses") { request in
            let losses = try JSONDecoder().decode(LossDeclaration.self, from: Data(request.body)).losses
            if losses.contains(where: { $0.first.value == 7 }) {
                let answer = ErrorAnswer(code: "bad_losses", message: "[7, …) is no range.")
                return HTTPAnswer(status: 400, body: Array(try JSONEncoder().encode(answer)))
            }
            taken.withLock { $0 += losses }
            return FakeCentral.taken(request)
        }
        let clock = Mutex(Duration.zero)
        let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        let refusals = UplinkRefusals(logger: logger)
        let service = UplinkService(
            outbox: outbox, transport: central, baseURL: "http://central", token: { "secret" },
            inventory: Inventory(
                building: .init(slug: Slug("home")!, name: "Home", kind: "home", timeZone: "UTC"), floors: [],
                devices: []), logger: logger, refusals: refusals,
            now: { MonotonicInstant(sinceOrigin: clock.withLock { $0 }) }, jitter: { 0.5 })
        var course = service.begin()
        for _ in 0..<60 {
            _ = await service.step(&course)
            clock.withLock { $0 += .seconds(1) }
        }
        #expect(try outbox.tally().waiting == 0 && central.batches.map(\.rows.count).reduce(0, +) == 80)
        #expect(taken.withLock { Set($0.map(\.first)) }.count == 19)
        #expect(try outbox.losses().map(\.numbers) == [7..<8])
        #expect(refusals.reasons == ["a declaration of losses": "[7, …) is no range. (400 bad_losses)"])
        // It was looked for once, not again and again.
        let before = central.requests(to: "/losses").count
        #expect(before < 15)
        clock.withLock { $0 += .seconds(600) }
        for _ in 0..<3 {
            try outbox.append([
                Reading(series: series, value: .number(1), eventTime: time, receivedTime: time, clockTrusted: true)
            ])
            _ = await service.step(&course)
            clock.withLock { $0 += .seconds(2) }
        }
        #expect(central.requests(to: "/losses").count == before + 1)
    }
}
