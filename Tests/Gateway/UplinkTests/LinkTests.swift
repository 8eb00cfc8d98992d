import Building
import Testing
import Uplink

@Suite struct LinkTests {
    static func at(_ seconds: Double) -> MonotonicInstant { MonotonicInstant(sinceOrigin: .seconds(seconds)) }

    /// A link that has introduced itself at second 0.
    static func introduced() -> Link {
        var link = Link()
        link.introduced(.accepted, now: at(0), jitter: 0.5)
        return link
    }

    @Test func `introduces the building before it sends`() {
        #expect(Link().next(now: Self.at(0)) == .register)
        #expect(Self.introduced().next(now: Self.at(0)) == .send(.newest, atMost: 8_192))
    }

    @Test func `rests when a batch took all there was`() {
        var link = Self.introduced()
        link.delivered(.newest, rows: 7, left: 0, .accepted, now: Self.at(0), jitter: 0.5)
        #expect(link.next(now: Self.at(0.5)) == .wait(until: Self.at(1)))
        #expect(link.next(now: Self.at(1)) == .send(.oldest, atMost: 10_000))
    }

    @Test func `sends the newest once a second beside a backlog, which has all requests in between`() {
        var link = Self.introduced()
        #expect(link.next(now: Self.at(0)) == .send(.newest, atMost: 8_192))
        link.delivered(.newest, rows: 8_192, left: 90_000, .accepted, now: Self.at(0), jitter: 0.5)
        for time in [0.0, 0.3, 0.6, 0.9] {
            #expect(link.next(now: Self.at(time)) == .send(.oldest, atMost: 10_000))
            link.delivered(.oldest, rows: 10_000, left: 50_000, .accepted, now: Self.at(time), jitter: 0.5)
        }
        #expect(link.next(now: Self.at(1)) == .send(.newest, atMost: 10_000))
    }

    @Test func `goes on with the backlog where the newest are packed already`() {
        var link = Self.introduced()
        link.foundNothing(in: .newest, now: Self.at(0))
        #expect(link.next(now: Self.at(0)) == .send(.oldest, atMost: 8_192))
        link.foundNothing(in: .oldest, now: Self.at(0))
        #expect(link.next(now: Self.at(0)) == .wait(until: Self.at(0.1)))
    }

    @Test func `asks with a small request whether anybody is there after a silence`() {
        var link = Self.introduced()
        link.delivered(.oldest, rows: 5_000, left: 0, .unanswered, now: Self.at(0), jitter: 0.5)
        #expect(link.next(now: Self.at(1)) == .register)
    }

    @Test func `doubles its pauses up to five seconds, and forgets them after a success`() {
        var link = Self.introduced()
        var now = 0.0
        for expected in [1.0, 2, 4, 5, 5] {
            link.delivered(.oldest, rows: 1, left: 0, .unanswered, now: Self.at(now), jitter: 0.5)
            #expect(link.next(now: Self.at(now)) == .wait(until: Self.at(now + expected)))
            now += expected
        }
        link.delivered(.oldest, rows: 1, left: 0, .accepted, now: Self.at(now), jitter: 0.5)
        link.delivered(.oldest, rows: 1, left: 0, .unanswered, now: Self.at(now), jitter: 0.5)
        #expect(link.next(now: Self.at(now)) == .wait(until: Self.at(now + 1)))
    }

    @Test func `spreads a fleet's return`() {
        for (jitter, pause) in [(0.0, 0.75), (1.0, 1.25)] {
            var link = Self.introduced()
            link.delivered(.oldest, rows: 1, left: 0, .unanswered, now: Self.at(0), jitter: jitter)
            #expect(link.next(now: Self.at(0)) == .wait(until: Self.at(pause)))
        }
    }

    @Test func `waits as long as a busy server asks`() {
        var link = Self.introduced()
        link.delivered(
            .oldest, rows: 1, left: 0, .refused(status: 429, retryAfter: .seconds(20)), now: Self.at(0), jitter: 0.5)
        #expect(link.next(now: Self.at(0)) == .wait(until: Self.at(20)))
    }

    @Test(arguments: [601, 86_400, Int.max])
    func `waits no longer than ten minutes, whatever a server asks for`(seconds: Int) {
        for (jitter, pause) in [(0.0, 450.0), (0.5, 600), (1, 750)] {
            var link = Self.introduced()
            link.delivered(
                .oldest, rows: 1, left: 0, .refused(status: 503, retryAfter: .seconds(seconds)), now: Self.at(0),
                jitter: jitter)
            #expect(link.next(now: Self.at(0)) == .wait(until: Self.at(pause)))
        }
    }

    @Test func `halves a batch that is too large`() {
        var link = Self.introduced()
        link.delivered(
            .oldest, rows: 900, left: 0, .refused(status: 413, retryAfter: nil), now: Self.at(0), jitter: 0.5)
        #expect(link.next(now: Self.at(0)) == .send(.newest, atMost: 450))
        // It does not find out anew with every other batch.
        link.delivered(.oldest, rows: 450, left: 9_000, .accepted, now: Self.at(0), jitter: 0.5)
        #expect(link.next(now: Self.at(0)) == .send(.newest, atMost: 450))
    }

    @Test(arguments: [401, 403, 404, 409])
    func `keeps the data and says what to do about a refusal`(status: Int) {
        var link = Self.introduced()
        link.delivered(
            .oldest, rows: 1, left: 0, .refused(status: status, retryAfter: nil), now: Self.at(0), jitter: 0.5)
        #expect(link.next(now: Self.at(0)) == .wait(until: Self.at(60)))
        guard case .failing(let why) = link.health else { return #expect(Bool(false), "the link is not failing") }
        #expect(why.contains("kept"))
    }

    @Test func `works again once a report is taken, where nothing is left to be sent`() {
        var link = Self.introduced()
        link.delivered(.oldest, rows: 1, left: 0, .refused(status: 413, retryAfter: nil), now: Self.at(0), jitter: 0.5)
        guard case .failing = link.health else { return #expect(Bool(false), "the link is not failing") }
        link.foundNothing(in: .oldest, now: Self.at(5))
        #expect(link.isIdle)
        link.reported(.accepted, now: Self.at(6), jitter: 0.5)
        #expect(link.health == .working)
    }

    @Test func `takes a report without an answer for a dead link, and asks whether anybody is there`() {
        var link = Self.introduced()
        link.reported(.unanswered, now: Self.at(0), jitter: 0.5)
        #expect(link.health == .failing(why: "The central service does not respond."))
        #expect(link.next(now: Self.at(0)) == .wait(until: Self.at(1)))
        #expect(link.next(now: Self.at(1)) == .register)
    }

    @Test func `goes on sending where only the report is refused`() {
        var link = Self.introduced()
        link.reported(.refused(status: 400, retryAfter: nil), now: Self.at(0), jitter: 0.5)
        guard case .send = link.next(now: Self.at(0)) else { return #expect(Bool(false), "the link does not send") }
    }
}
