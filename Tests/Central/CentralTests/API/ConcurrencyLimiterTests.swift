import APISupport
import HTTPTypes
import Synchronization
import Testing
import WireFormat

@Suite struct ConcurrencyLimiterTests {
    /// What a refusal says: its code, and after how many seconds to come again.
    private static func refusal(_ admission: ConcurrencyLimiter, token: Int = 1) -> String? {
        do {
            _ = try admission.enter(token: token)
            return nil
        } catch {
            return "\(error.answer.error.code) \(error.headers[.retryAfter] ?? "-")"
        }
    }

    @Test func `lets in so many at once of one token, and so many in all`() throws {
        let admission = ConcurrencyLimiter(
            CallLimits(calls: 3, callsPerToken: 2, callsPerMinute: 1000), of: "questions")
        var places = [try admission.enter(token: 1), try admission.enter(token: 1)]
        #expect(Self.refusal(admission) == "too_many_questions 2")
        places.append(try admission.enter(token: 2))
        #expect(Self.refusal(admission, token: 3) == "too_many_questions 2")
        places.removeFirst()
        #expect(Self.refusal(admission, token: 3) == nil)
        #expect(Self.refusal(admission, token: 3) == nil)
    }

    @Test func `lets one token in so often a minute, evenly after a first rush`() {
        let start = ContinuousClock.now
        let time = Mutex(start)
        let admission = ConcurrencyLimiter(CallLimits(calls: 9, callsPerToken: 9, callsPerMinute: 6), of: "calls") {
            time.withLock { $0 }
        }
        for _ in 0..<6 { #expect(Self.refusal(admission) == nil) }
        // One every ten seconds.
        #expect(Self.refusal(admission) == "too_many_calls 10")
        time.withLock { $0 = start + .seconds(7) }
        #expect(Self.refusal(admission) == "too_many_calls 3")
        #expect(Self.refusal(admission, token: 2) == nil)
        time.withLock { $0 = start + .seconds(10) }
        #expect(Self.refusal(admission) == nil)
        #expect(Self.refusal(admission) == "too_many_calls 10")
        // No more than a minute's are saved up.
        time.withLock { $0 = start + .seconds(3600) }
        for _ in 0..<6 { #expect(Self.refusal(admission) == nil) }
        #expect(Self.refusal(admission) == "too_many_calls 10")
    }
}
