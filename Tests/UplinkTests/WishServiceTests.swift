import Building
import Foundation
import HTTPTransfer
import Logging
import Synchronization
import Testing
import Uplink
import WireFormat

/// The gateway's waiting request, step by step, against answers of all kinds.
@Suite struct WishServiceTests {
    /// Answers as it was told to, and remembers what it was asked.
    private final class Counterpart: HTTPTransport {
        struct Broken: Error {}

        private let state = Mutex((requests: [HTTPRequest](), answers: [HTTPAnswer?]()))

        /// - Parameter answer: the next one; `nil` where none comes.
        func will(_ answer: HTTPAnswer?) { state.withLock { $0.answers.append(answer) } }

        var requests: [HTTPRequest] { state.withLock { $0.requests } }

        func perform(_ request: HTTPRequest) async throws -> HTTPAnswer {
            let answer = state.withLock { state in
                state.requests.append(request)
                return state.answers.isEmpty ? nil : state.answers.removeFirst()
            }
            guard let answer else { throw Broken() }
            return answer
        }
    }

    private final class Taker: WishTaker {
        private let state = Mutex((version: Int64(0), lists: [WishList](), holdings: [Holding]()))

        var version: Int64 { state.withLock { $0.version } }
        var lists: [WishList] { state.withLock { $0.lists } }

        func take(_ list: WishList) {
            state.withLock { state in
                state.version = list.version
                state.lists.append(list)
            }
        }

        func holdings() -> [Holding] { state.withLock { $0.holdings } }
        func hold(_ holdings: [Holding]) { state.withLock { $0.holdings = holdings } }
    }

    private final class Clock: Sendable {
        private let time = Mutex(Duration.zero)
        var now: MonotonicInstant { MonotonicInstant(sinceOrigin: time.withLock { $0 }) }
        func advance(by duration: Duration) { time.withLock { $0 += duration } }
        func seconds(to instant: MonotonicInstant) -> Double { (instant - now).inSeconds }
    }

    private struct Rig {
        let asking = Counterpart()
        let reporting = Counterpart()
        let taker = Taker()
        let clock = Clock()
        let service: WishService

        init(token: @escaping @Sendable () throws -> String = { "secret" }) {
            let clock = clock
            service = WishService(
                taker: taker, asking: asking, reporting: reporting, baseURL: "http://central", token: token,
                logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }, now: { clock.now }, jitter: { 0.5 })
        }
    }

    private static func answer(_ list: WishList) throws -> HTTPAnswer {
        HTTPAnswer(
            status: 200, headers: ["hearth-receipt": "/uplink/v1/wishes"], body: Array(try JSONEncoder().encode(list)))
    }

    private static let taken = HTTPAnswer(status: 204, headers: ["hearth-receipt": "/uplink/v1/holdings"])
    private static let wish = WishMessage(
        version: 7, room: "room-101", celsius: 23, source: .guest, who: "guest", created: 1_795_252_530_250)

    @Test func `asks after what it has, takes what comes, and asks again at once`() async throws {
        let rig = Rig()
        var course = WishService.Course()
        rig.asking.will(try Self.answer(WishList(version: 7, wishes: [Self.wish])))
        rig.asking.will(try Self.answer(WishList(version: 7, wishes: [])))
        #expect(rig.clock.seconds(to: await rig.service.ask(&course)) <= 0.2)
        #expect(rig.taker.lists.first?.wishes == [Self.wish])
        _ = await rig.service.ask(&course)
        #expect(
            rig.asking.requests.map(\.url) == [
                "http://central/uplink/v1/wishes?after=0&wait=15", "http://central/uplink/v1/wishes?after=7&wait=15",
            ])
        #expect(rig.asking.requests.allSatisfy { $0.headers.contains { $0 == ("Authorization", "Bearer secret") } })
    }

    @Test func `doubles its pauses up to five seconds while nobody answers, and forgets them after an answer`()
        async throws
    {
        let rig = Rig()
        var course = WishService.Course()
        for pause in [1.0, 2, 4, 5, 5] {
            #expect(rig.clock.seconds(to: await rig.service.ask(&course)) == pause)
        }
        rig.asking.will(try Self.answer(WishList(version: 0, wishes: [])))
        #expect(rig.clock.seconds(to: await rig.service.ask(&course)) <= 0.2)
        #expect(rig.clock.seconds(to: await rig.service.ask(&course)) == 1)
    }

    @Test func `rests between its questions and its reports where nobody answers`() async throws {
        let rig = Rig()
        let running = Task { await rig.service.run() }
        try await Task.sleep(for: .milliseconds(600))
        running.cancel()
        await running.value
        // The first pause is a second.
        #expect((1...3).contains(rig.asking.requests.count), "\(rig.asking.requests.count)")
        #expect(rig.reporting.requests.count <= 3, "\(rig.reporting.requests.count)")
    }

    @Test func `believes no portal, however friendly`() async throws {
        let rig = Rig()
        var course = WishService.Course()
        let list = Array(try JSONEncoder().encode(WishList(version: 9, wishes: [Self.wish])))
        for portal in [
            HTTPAnswer(status: 200, body: Array("<html>Welcome".utf8)), HTTPAnswer(status: 200, body: list),
            HTTPAnswer(status: 204, headers: ["hearth-receipt": "/uplink/v1/wishes"]),
            HTTPAnswer(status: 302, headers: ["hearth-receipt": "/uplink/v1/wishes"], body: list),
            HTTPAnswer(status: 200, headers: ["hearth-receipt": "/uplink/v1/wishes"], body: Array("{}".utf8)),
        ] {
            rig.asking.will(portal)
            #expect(rig.clock.seconds(to: await rig.service.ask(&course)) >= 0.75)
        }
        #expect(rig.taker.lists.isEmpty)
    }

    @Test func `waits as long as it is told to, and a minute where people have to mend something`() async throws {
        let rig = Rig()
        var course = WishService.Course()
        rig.asking.will(HTTPAnswer(status: 503, headers: ["retry-after": "20"]))
        #expect(rig.clock.seconds(to: await rig.service.ask(&course)) == 20)
        for (asked, pause) in [("601", 600.0), ("86400", 600), ("1000000000", 600)] {
            rig.asking.will(HTTPAnswer(status: 503, headers: ["retry-after": asked]))
            #expect(rig.clock.seconds(to: await rig.service.ask(&course)) == pause)
        }
        // More than anybody means may count for nothing, and never for more than ten minutes.
        rig.asking.will(HTTPAnswer(status: 503, headers: ["retry-after": "9223372036854775807"]))
        #expect(rig.clock.seconds(to: await rig.service.ask(&course)) <= 600)
        // What is no number of seconds asks for nothing.
        for asked in ["-20", "1e9", "92233720368547758070", "Wed, 21 Oct 2026 07:28:00 GMT", ""] {
            rig.asking.will(HTTPAnswer(status: 503, headers: ["retry-after": asked]))
            #expect(rig.clock.seconds(to: await rig.service.ask(&course)) <= 6.25)
        }
        for status in [401, 403, 404] {
            rig.asking.will(HTTPAnswer(status: status))
            #expect(rig.clock.seconds(to: await rig.service.ask(&course)) == 60)
        }
        struct NoToken: Error {}
        let tokenless = Rig { throw NoToken() }
        #expect(tokenless.clock.seconds(to: await tokenless.service.ask(&course)) <= 5)
        #expect(tokenless.asking.requests.isEmpty)
    }

    @Test func `tells what holds once, what changes at once, and all of it now and then`() async throws {
        let rig = Rig()
        var course = WishService.ReportCourse()
        func told() throws -> [[Holding]] {
            try rig.reporting.requests.map {
                try JSONDecoder().decode(HoldingReport.self, from: Data($0.body)).holdings
            }
        }
        let (one, two) = (
            Holding(room: "room-101", version: 0, state: .unwished, celsius: 22),
            Holding(room: "room-102", version: 0, state: .unwished, celsius: 22)
        )
        rig.taker.hold([one, two])
        rig.reporting.will(nil)
        #expect(rig.clock.seconds(to: await rig.service.report(&course)) == 1)
        rig.reporting.will(Self.taken)
        #expect(rig.clock.seconds(to: await rig.service.report(&course)) == 0)
        #expect(rig.clock.seconds(to: await rig.service.report(&course)) <= 0.25)
        var changed = two
        (changed.version, changed.state, changed.celsius) = (7, .held, 23)
        rig.taker.hold([one, changed])
        rig.reporting.will(Self.taken)
        _ = await rig.service.report(&course)
        #expect(try told() == [[one, two], [one, two], [changed]])
        // Soon after the start, for a building that was not known there yet; then every ten minutes.
        for pause in [10, 60, 600, 600] {
            let before = try told().count
            rig.clock.advance(by: .seconds(pause - 1))
            _ = await rig.service.report(&course)
            #expect(try told().count == before)
            rig.clock.advance(by: .seconds(1))
            rig.reporting.will(Self.taken)
            _ = await rig.service.report(&course)
            #expect(try told().last == [one, changed])
        }
    }
}
