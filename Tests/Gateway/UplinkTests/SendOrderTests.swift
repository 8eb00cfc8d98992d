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

/// In which order a backlog goes up while several batches are on their way at once.
@Suite struct SendOrderTests {
    /// Answers only once it is given nothing more, and a second later.
    private final class SlowCentral: HTTPTransport {
        let clock = Mutex(Duration.zero)
        /// What was on its way at once, each time.
        let rounds = Mutex<[[Range<Int64>]]>([])

        func perform(_ request: HTTPRequest) async throws -> HTTPAnswer {
            let path = request.url.replacing("http://central", with: "")
            guard path == UplinkPath.batches else { return HTTPAnswer(status: 204, headers: ["hearth-receipt": path]) }
            let batch = try ReadingBatch.decode(request.body)
            let receipt = BatchReceipt(
                store: batch.store.description, first: ReadingNumber(clamping: batch.numbers.lowerBound),
                end: ReadingNumber(clamping: batch.numbers.upperBound), repeated: 0)
            return HTTPAnswer(status: 200, body: Array(try JSONEncoder().encode(receipt)))
        }

        func perform<Feed: RequestFeed>(_ feed: inout Feed) async {
            while true {
                var underWay: [(mark: Feed.Mark, request: HTTPRequest)] = []
                while let begun = await feed.next() { underWay.append(begun) }
                guard !underWay.isEmpty else { return }
                let numbers = underWay.compactMap { try? ReadingBatch.decode($0.request.body).numbers }
                rounds.withLock { $0.append(numbers) }
                for (mark, request) in underWay {
                    do {
                        await feed.ended(mark, .success(try await perform(request)))
                    } catch {
                        await feed.ended(mark, .failure(error))
                    }
                }
                clock.withLock { $0 += .seconds(1) }
            }
        }
    }

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
        let central = SlowCentral()
        var settings = Link.Settings()
        (settings.firstBatch, settings.largestBatch) = (10, 10)
        let service = UplinkService(
            outbox: outbox, transport: central, baseURL: "http://central", token: { "secret" },
            inventory: Inventory(
                building: .init(slug: Slug("home")!, name: "Home", kind: "home", timeZone: "UTC"), floors: [],
                devices: []), settings: settings, logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() },
            now: { MonotonicInstant(sinceOrigin: central.clock.withLock { $0 }) }, jitter: { 0.5 })
        var course = service.begin()
        for _ in 0..<4 { _ = await service.step(&course) }
        #expect(
            central.rounds.withLock { $0 } == [
                [91..<101], [81..<91, 1..<11], [71..<81, 11..<21, 21..<31, 31..<41], [61..<71, 41..<51, 51..<61],
            ])
        #expect(try outbox.tally().waiting == 0)
    }
}
