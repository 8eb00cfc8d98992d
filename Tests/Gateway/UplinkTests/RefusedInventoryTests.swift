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

/// An inventory of which the central service does not take all.
@Suite struct RefusedInventoryTests {
    /// Refuses entries of the inventory, and takes everything else.
    private final class Central: HTTPTransport {
        let refused = Mutex<[RejectedInventoryEntry]>([])
        let rows = Mutex(0)

        func perform(_ request: HTTPRequest) async throws -> HTTPAnswer {
            let path = request.url.replacing("http://central", with: "")
            let refused = refused.withLock { $0 }
            if path == UplinkPath.inventory, !refused.isEmpty {
                return HTTPAnswer(
                    status: 200, headers: ["hearth-receipt": path],
                    body: Array(try JSONEncoder().encode(InventoryReceipt(rejected: refused))))
            }
            guard path == UplinkPath.batches else { return HTTPAnswer(status: 204, headers: ["hearth-receipt": path]) }
            let batch = try ReadingBatch.decode(request.body)
            rows.withLock { $0 += batch.rows.count }
            let receipt = BatchReceipt(
                store: batch.store.description, first: ReadingNumber(clamping: batch.numbers.lowerBound),
                end: ReadingNumber(clamping: batch.numbers.upperBound), repeated: 0)
            return HTTPAnswer(status: 200, body: Array(try JSONEncoder().encode(receipt)))
        }
    }

    @Test func `holds up no reading, and is shown until it is right`() async throws {
        let folder = TemporaryFolder()
        let outbox = try Outbox(path: folder.file("outbox.sqlite"))
        let time = Timestamp(millisecondsSince1970: 1_790_000_000_000)
        let series = SeriesKey(
            room: Slug("room-1")!, device: "sensor-1", deviceClass: .temperatureSensor, datapoint: .temperature)
        try outbox.append([
            Reading(series: series, value: .number(1), eventTime: time, receivedTime: time, clockTrusted: true)
        ])
        let central = Central()
        central.refused.withLock {
            $0 = [.init(entry: "room building", reason: "no room can be called so"), .init(entry: "x", reason: "y")]
        }
        let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        let refusals = UplinkRefusals(logger: logger)
        let clock = Mutex(Duration.zero)
        func deliver() async {
            let service = UplinkService(
                outbox: outbox, transport: central, baseURL: "http://central", token: { "secret" },
                inventory: Inventory(
                    building: .init(slug: Slug("home")!, name: "Home", kind: "home", timeZone: "UTC"), floors: [],
                    devices: []), logger: logger, refusals: refusals,
                now: { MonotonicInstant(sinceOrigin: clock.withLock { $0 }) }, jitter: { 0.5 })
            var course = service.begin()
            for _ in 0..<10 {
                _ = await service.step(&course)
                clock.withLock { $0 += .seconds(1) }
            }
        }
        await deliver()
        #expect(central.rows.withLock { $0 } == 1)
        #expect(
            refusals.reasons == ["the inventory": "room building: no room can be called so (and 1 more entries)"])
        central.refused.withLock { $0 = [] }
        await deliver()
        #expect(refusals.reasons.isEmpty)
    }
}
