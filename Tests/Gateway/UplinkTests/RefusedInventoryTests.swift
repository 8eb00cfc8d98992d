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

/// An inventory of which the central service does not take all.
@Suite struct RefusedInventoryTests {
    @Test func `holds up no reading, and is shown until it is right`() async throws {
        let folder = TemporaryFolder()
        let outbox = try Outbox(path: folder.file("outbox.sqlite"))
        let time = Timestamp(millisecondsSince1970: 1_790_000_000_000)
        let series = SeriesKey(
            room: Slug("room-1")!, device: "sensor-1", deviceClass: .temperatureSensor, datapoint: .temperature)
        try outbox.append([
            Reading(series: series, value: .number(1), eventTime: time, receivedTime: time, clockTrusted: true)
        ])
        let central = FakeCentral()
        let refused = InventoryReceipt(rejected: [
            .init(entry: "room building", reason: "no room can be called so"), .init(entry: "x", reason: "y"),
        ])
        central.answer(UplinkPath.inventory, json: String(decoding: try JSONEncoder().encode(refused), as: UTF8.self))
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
        #expect(try central.batches.map(\.rows.count) == [1])
        #expect(
            refusals.reasons == ["the inventory": "room building: no room can be called so (and 1 more entries)"])
        central.answer(UplinkPath.inventory, status: 204)
        await deliver()
        #expect(refusals.reasons.isEmpty)
    }
}
