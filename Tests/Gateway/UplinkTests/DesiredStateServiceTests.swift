import Building
import Foundation
import HTTPClient
import Logging
import Synchronization
import Testing
import Uplink
import WireFormat

/// The gateway's waiting request, step by step, against answers of all kinds.
@Suite struct DesiredStateServiceTests {
    /// Answers as it was told to, and remembers what it was asked.
    private final class Counterpart: HTTPTransport {
        struct Broken: Error {}

        private let state = Mutex((requests: [HTTPRequest](), answers: [HTTPAnswer?]()))
        private let central = Mutex<(@Sendable (HTTPRequest) -> HTTPAnswer)?>(nil)

        /// - Parameter answer: the next one; `nil` where none comes.
        func will(_ answer: HTTPAnswer?) { state.withLock { $0.answers.append(answer) } }

        /// Answers as `central` does, from now on.
        func answers(_ central: @escaping @Sendable (HTTPRequest) -> HTTPAnswer) {
            self.central.withLock { $0 = central }
        }

        var requests: [HTTPRequest] { state.withLock { $0.requests } }

        func perform(_ request: HTTPRequest) async throws -> HTTPAnswer {
            if let central = central.withLock({ $0 }) {
                state.withLock { $0.requests.append(request) }
                return central(request)
            }
            let answer = state.withLock { state in
                state.requests.append(request)
                return state.answers.isEmpty ? nil : state.answers.removeFirst()
            }
            guard let answer else { throw Broken() }
            return answer
        }
    }

    private final class Taker: DesiredStateReceiver {
        private let state = Mutex((version: Int64(0), lists: [DesiredStateList](), reportedStates: [ReportedState]()))

        var version: Int64 { state.withLock { $0.version } }
        var lists: [DesiredStateList] { state.withLock { $0.lists } }

        func take(_ list: DesiredStateList) {
            state.withLock { state in
                state.version = list.version
                state.lists.append(list)
            }
        }

        func reportedStates() -> [ReportedState] { state.withLock { $0.reportedStates } }
        func hold(_ reportedStates: [ReportedState]) { state.withLock { $0.reportedStates = reportedStates } }
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
        let refusals = UplinkRefusals(logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
        let service: DesiredStateService

        init(token: @escaping @Sendable () throws -> String = { "secret" }) {
            let clock = clock
            service = DesiredStateService(
                taker: taker, asking: asking, reporting: reporting, baseURL: "http://central", token: token,
                logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }, refusals: refusals,
                now: { clock.now },
                jitter: { 0.5 })
        }
    }

    private static func answer(_ list: DesiredStateList) throws -> HTTPAnswer {
        HTTPAnswer(
            status: 200, headers: ["hearth-receipt": "/uplink/v1/desired"], body: Array(try JSONEncoder().encode(list)))
    }

    private static let taken = HTTPAnswer(status: 204, headers: ["hearth-receipt": "/uplink/v1/reported"])
    private static let desired = DesiredState(
        version: 7, room: Slug("room-101"), celsius: 23, source: .guest, who: "guest",
        created: Timestamp(millisecondsSince1970: 1_795_252_530_250))

    @Test func `asks after what it has, takes what comes, and asks again at once`() async throws {
        let rig = Rig()
        var course = DesiredStateService.Course()
        rig.asking.will(try Self.answer(DesiredStateList(version: 7, desiredStates: [Self.desired])))
        rig.asking.will(try Self.answer(DesiredStateList(version: 7, desiredStates: [])))
        #expect(rig.clock.seconds(to: await rig.service.ask(&course)) <= 0.2)
        #expect(rig.taker.lists.first?.desiredStates == [Self.desired])
        _ = await rig.service.ask(&course)
        #expect(
            rig.asking.requests.map(\.url) == [
                "http://central/uplink/v1/desired?after=0&wait=15", "http://central/uplink/v1/desired?after=7&wait=15",
            ])
        #expect(rig.asking.requests.allSatisfy { $0.headers.contains { $0 == ("Authorization", "Bearer secret") } })
    }

    @Test func `doubles its pauses up to five seconds while nobody answers, and forgets them after an answer`()
        async throws
    {
        let rig = Rig()
        var course = DesiredStateService.Course()
        for pause in [1.0, 2, 4, 5, 5] {
            #expect(rig.clock.seconds(to: await rig.service.ask(&course)) == pause)
        }
        rig.asking.will(try Self.answer(DesiredStateList(version: 0, desiredStates: [])))
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
        var course = DesiredStateService.Course()
        let list = Array(try JSONEncoder().encode(DesiredStateList(version: 9, desiredStates: [Self.desired])))
        for portal in [
            HTTPAnswer(status: 200, body: Array("<html>Welcome".utf8)), HTTPAnswer(status: 200, body: list),
            HTTPAnswer(status: 204, headers: ["hearth-receipt": "/uplink/v1/desired"]),
            HTTPAnswer(status: 302, headers: ["hearth-receipt": "/uplink/v1/desired"], body: list),
            HTTPAnswer(status: 200, headers: ["hearth-receipt": "/uplink/v1/desired"], body: Array("{}".utf8)),
        ] {
            rig.asking.will(portal)
            #expect(rig.clock.seconds(to: await rig.service.ask(&course)) >= 0.75)
        }
        #expect(rig.taker.lists.isEmpty)
    }

    @Test func `waits as long as it is told to, and a minute where people have to mend something`() async throws {
        let rig = Rig()
        var course = DesiredStateService.Course()
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
        var course = DesiredStateService.ReportCourse()
        func told() throws -> [[ReportedState]] {
            try rig.reporting.requests.map {
                try JSONDecoder().decode(StateReport.self, from: Data($0.body)).reportedStates
            }
        }
        let (one, two) = (
            ReportedState(room: Slug("room-101"), version: 0, state: .nothingDesired, celsius: 22),
            ReportedState(room: Slug("room-102"), version: 0, state: .nothingDesired, celsius: 22)
        )
        rig.taker.hold([one, two])
        rig.reporting.will(nil)
        #expect(rig.clock.seconds(to: await rig.service.report(&course)) == 1)
        rig.reporting.will(Self.taken)
        #expect(rig.clock.seconds(to: await rig.service.report(&course)) == 0)
        #expect(rig.clock.seconds(to: await rig.service.report(&course)) <= 0.25)
        var changed = two
        (changed.version, changed.state, changed.celsius) = (7, .accepted, 23)
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

    private static func rejecting(_ rejected: [RejectedReportedState], of count: Int) throws -> HTTPAnswer {
        HTTPAnswer(
            status: 200, headers: ["hearth-receipt": "/uplink/v1/reported"],
            body: Array(
                try JSONEncoder().encode(StateReceipt(accepted: count - rejected.count, rejected: rejected))))
    }

    private static func rooms(_ count: Int) -> [ReportedState] {
        (0..<count).map { ReportedState(room: Slug("room-\($0)"), version: 0, state: .nothingDesired, celsius: 22) }
    }

    @Test func `does not send again what was refused for good, and says so until it is settled`() async throws {
        let rig = Rig()
        var course = DesiredStateService.ReportCourse()
        rig.taker.hold(Self.rooms(3))
        rig.reporting.will(
            try Self.rejecting([RejectedReportedState(index: 1, room: "room-1", device: nil, reason: "too odd")], of: 3)
        )
        #expect(rig.clock.seconds(to: await rig.service.report(&course)) == 0)
        #expect(rig.refusals.reasons == ["the state of room-1": "too odd"])
        #expect(rig.clock.seconds(to: await rig.service.report(&course)) == 0.25)
        #expect(rig.reporting.requests.count == 1)
        var changed = Self.rooms(3)
        changed[1].celsius = 23
        rig.taker.hold(changed)
        rig.reporting.will(Self.taken)
        _ = await rig.service.report(&course)
        #expect(rig.refusals.reasons.isEmpty)
    }

    @Test func `finds the entry for which an older central service refuses the whole report`() async throws {
        let rig = Rig()
        var course = DesiredStateService.ReportCourse()
        rig.taker.hold(Self.rooms(20))
        let refusal = HTTPAnswer(
            status: 400,
            body: Array(try JSONEncoder().encode(ErrorAnswer(code: "bad_reported_state", message: "Too odd."))))
        let told = Mutex<Set<String>>([])
        rig.reporting.answers { request in
            let report = try? JSONDecoder().decode(StateReport.self, from: Data(request.body))
            let names = report?.reportedStates.compactMap(\.room?.text) ?? []
            if names.contains("room-13") { return refusal }
            told.withLock { $0.formUnion(names) }
            return Self.taken
        }
        var count = 0
        while count == 0 || rig.reporting.requests.count == count, count < 60 {
            count += 1
            _ = await rig.service.report(&course)
        }
        #expect(told.withLock(\.count) == 19 && !told.withLock { $0.contains("room-13") })
        #expect(rig.refusals.reasons == ["the state of room-13": "Too odd."])
        #expect(count < 40)
    }

    @Test func `waits where it is not the report that is refused`() async throws {
        for status in [401, 403, 404] {
            let rig = Rig()
            var course = DesiredStateService.ReportCourse()
            rig.taker.hold(Self.rooms(3))
            rig.reporting.will(HTTPAnswer(status: status))
            #expect(rig.clock.seconds(to: await rig.service.report(&course)) == 60)
            #expect(rig.refusals.reasons.isEmpty)
        }
    }

    @Test func `tells of a wish that can't be carried out, whatever it is about`() async throws {
        let rig = Rig()
        var course = DesiredStateService.Course()
        let list =
            #"{"version":9,"desired":[7,{"version":8,"room":"room-101","celsius":23,"source":"guest","who":"g","created":9223372036854775807}]}"#
        rig.asking.will(
            HTTPAnswer(status: 200, headers: ["hearth-receipt": "/uplink/v1/desired"], body: Array(list.utf8)))
        _ = await rig.service.ask(&course)
        #expect(rig.taker.version == 9)
        #expect(
            Set(rig.refusals.reasons.keys) == [
                "the desired state of room-101", "the desired state of an unreadable entry",
            ])
        rig.asking.will(try Self.answer(DesiredStateList(version: 10, desiredStates: [Self.desired])))
        _ = await rig.service.ask(&course)
        #expect(rig.refusals.reasons["the desired state of room-101"] == nil)
    }
}
