import Building
import Foundation
import HTTPClient
import Logging
import Outbox
import Rig
import Synchronization
import Testing
import Uplink
import WireFormat

/// A declaration of losses that the central service refuses for good.
@Suite struct RefusedLossTests {
    /// Takes everything but losses that begin with a certain number.
    private final class Central: HTTPTransport {
        let refused: Int64
        let taken = Mutex<[LossDeclaration.Loss]>([])
        let declarations = Mutex(0)
        let rows = Mutex(0)

        init(refusing refused: Int64) { self.refused = refused }

        func perform(_ request: HTTPRequest) async throws -> HTTPAnswer {
            let path = request.url.replacing("http://central", with: "")
            if path == UplinkPath.batches {
                let batch = try ReadingBatch.decode(request.body)
                rows.withLock { $0 += batch.rows.count }
                let receipt = BatchReceipt(
                    store: batch.store.description, first: ReadingNumber(clamping: batch.numbers.lowerBound),
                    end: ReadingNumber(clamping: batch.numbers.upperBound), repeated: 0)
                return HTTPAnswer(status: 200, body: Array(try JSONEncoder().encode(receipt)))
            }
            if path.hasSuffix("/losses") {
                declarations.withLock { $0 += 1 }
                let declaration = try JSONDecoder().decode(LossDeclaration.self, from: Data(request.body))
                if declaration.losses.contains(where: { $0.first.value == refused }) {
                    let answer = ErrorAnswer(code: "bad_losses", message: "[\(refused), …) is no range.")
                    return HTTPAnswer(status: 400, body: Array(try JSONEncoder().encode(answer)))
                }
                taken.withLock { $0 += declaration.losses }
            }
            return HTTPAnswer(status: 204, headers: ["hearth-receipt": path])
        }
    }

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
        let central = Central(refusing: 7)
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
        #expect(try outbox.tally().waiting == 0 && central.rows.withLock { $0 } == 80)
        #expect(central.taken.withLock { Set($0.map(\.first)) }.count == 19)
        #expect(try outbox.losses().map(\.numbers) == [7..<8])
        #expect(refusals.reasons == ["a declaration of losses": "[7, …) is no range. (400 bad_losses)"])
        // It was looked for once, not again and again.
        let before = central.declarations.withLock { $0 }
        #expect(before < 15)
        clock.withLock { $0 += .seconds(600) }
        for _ in 0..<3 {
            try outbox.append([
                Reading(series: series, value: .number(1), eventTime: time, receivedTime: time, clockTrusted: true)
            ])
            _ = await service.step(&course)
            clock.withLock { $0 += .seconds(2) }
        }
        #expect(central.declarations.withLock { $0 } == before + 1)
    }
}
