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
        #expect(Link().next(now: Self.at(0)) == .introduce)
        #expect(Self.introduced().next(now: Self.at(0)) == .send(atMost: 2_000))
    }

    @Test func `sends the next batch at once while there is more, and rests when there is not`() {
        var link = Self.introduced()
        link.delivered(rows: 2_000, .accepted, now: Self.at(0), jitter: 0.5)
        #expect(link.next(now: Self.at(0)) == .send(atMost: 4_000))
        link.delivered(rows: 7, .accepted, now: Self.at(0), jitter: 0.5)
        #expect(link.next(now: Self.at(0.5)) == .wait(until: Self.at(1)))
        #expect(link.next(now: Self.at(1)) == .send(atMost: 8_000))
    }

    @Test func `doubles its pauses up to half a minute, and forgets them after a success`() {
        var link = Self.introduced()
        var now = 0.0
        for expected in [1.0, 2, 4, 8, 16, 30, 30] {
            link.delivered(rows: 1, .unanswered, now: Self.at(now), jitter: 0.5)
            #expect(link.next(now: Self.at(now)) == .wait(until: Self.at(now + expected)))
            now += expected
        }
        link.delivered(rows: 1, .accepted, now: Self.at(now), jitter: 0.5)
        link.delivered(rows: 1, .unanswered, now: Self.at(now), jitter: 0.5)
        #expect(link.next(now: Self.at(now)) == .wait(until: Self.at(now + 1)))
    }

    @Test func `spreads a fleet's return`() {
        for (jitter, pause) in [(0.0, 0.75), (1.0, 1.25)] {
            var link = Self.introduced()
            link.delivered(rows: 1, .unanswered, now: Self.at(0), jitter: jitter)
            #expect(link.next(now: Self.at(0)) == .wait(until: Self.at(pause)))
        }
    }

    @Test func `waits as long as a busy server asks`() {
        var link = Self.introduced()
        link.delivered(rows: 1, .refused(status: 429, retryAfter: .seconds(20)), now: Self.at(0), jitter: 0.5)
        #expect(link.next(now: Self.at(0)) == .wait(until: Self.at(20)))
    }

    @Test func `halves a batch that is too large`() {
        var link = Self.introduced()
        link.delivered(rows: 900, .refused(status: 413, retryAfter: nil), now: Self.at(0), jitter: 0.5)
        #expect(link.next(now: Self.at(0)) == .send(atMost: 450))
    }

    @Test(arguments: [401, 403, 404, 409])
    func `keeps the data and says what to do about a refusal`(status: Int) {
        var link = Self.introduced()
        link.delivered(rows: 1, .refused(status: status, retryAfter: nil), now: Self.at(0), jitter: 0.5)
        #expect(link.next(now: Self.at(0)) == .wait(until: Self.at(60)))
        guard case .failing(let why) = link.health else { return #expect(Bool(false), "the link is not failing") }
        #expect(why.contains("kept"))
    }
}
