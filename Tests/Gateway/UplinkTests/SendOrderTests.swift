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

/// In which order a backlog goes up while several batches are on their way at once.
@Suite struct SendOrderTests {
    @Test func `the newest readings take one of the requests on their way, the backlog all others in order`()
        async throws
    {
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
        let central = FakeCentral()
        let clock = Mutex(Duration.zero)
        // The batches that were on their way at once, each time.
        let rounds = Mutex<[[Range<Int64>]]>([])
        // It answers once it is given nothing more, and takes a second.
        central.onEachRound { requests in
            let numbers = requests.compactMap { try? ReadingBatch.decode($0.body).numbers }
            rounds.withLock { $0.append(numbers) }
            clock.withLock { $0 += .seconds(1) }
        }
        var settings = Link.Settings()
        (settings.firstBatch, settings.largestBatch) = (10, 10)
        let service = UplinkService(
            outbox: outbox, transport: central, baseURL: "http://central", token: { "secret" },
            inventory: Inventory(
                building: .init(slug: Slug("home")!, name: "Home", kind: "home", timeZone: "UTC"), floors: [],
                devices: []), settings: settings, logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() },
            now: { MonotonicInstant(sinceOrigin: clock.withLock { $0 }) }, jitter: { 0.5 })
        var course = service.begin()
        for _ in 0..<4 { _ = await service.step(&course) }
        #expect(
            rounds.withLock { $0 } == [
                [91..<101], [81..<91, 1..<11], [71..<81, 11..<21, 21..<31, 31..<41], [61..<71, 41..<51, 51..<61],
            ])
        #expect(try outbox.tally().waiting == 0)
    }
}
