internal import HTTPTypes
internal import Synchronization

/// How many calls of one kind there may be.
package struct CallLimits: Sendable {
    /// At the same time, in all.
    package var calls: Int
    /// Of these with one token.
    package var callsPerToken: Int
    /// With one token.
    package var callsPerMinute: Int

    package init(calls: Int, callsPerToken: Int, callsPerMinute: Int) {
        self.calls = calls
        self.callsPerToken = callsPerToken
        self.callsPerMinute = callsPerMinute
    }
}

/// Lets in as many calls as can be answered, and as one token may have answered.
package final class ConcurrencyLimiter: Sendable {
    private struct Counts {
        var all = 0
        var byToken: [Int: Int] = [:]
        var paces: [Int: TokenBucket] = [:]
    }

    private let limits: CallLimits
    private let noun: String
    private let now: @Sendable () -> ContinuousClock.Instant
    private let counts = Mutex(Counts())

    private static let retrySeconds = 2
    /// Beyond this many tokens those that have paused for a minute are forgotten.
    private static let remembered = 10_000

    /// - Parameter noun: what is counted, in the plural: `questions`.
    package init(
        _ limits: CallLimits, of noun: String, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limits = limits
        self.noun = noun
        self.now = now
    }

    /// One call's place, which is free again when this is no longer held.
    package final class Permit: Sendable {
        private let admission: ConcurrencyLimiter
        private let token: Int

        fileprivate init(_ admission: ConcurrencyLimiter, token: Int) {
            self.admission = admission
            self.token = token
        }

        deinit { admission.leave(token) }
    }

    /// - Throws: `APIError` 429 with the code `too_many_<noun>`.
    package func enter(token: Int) throws(APIError) -> Permit {
        let now = now()
        let turnedAway: APIError? = counts.withLock { counts in
            if counts.byToken[token, default: 0] >= limits.callsPerToken {
                return refusal("This token has as many \(noun) waiting for their answers as it may.")
            }
            if counts.all >= limits.calls { return refusal("More \(noun) come than can be answered at the same time.") }
            if let wait = pause(token, now, &counts) {
                return refusal(
                    "This token has used up its \(limits.callsPerMinute) \(noun) of a minute.",
                    seconds: max(1, Int((wait / .seconds(1) - 0.001).rounded(.up))))
            }
            counts.all += 1
            counts.byToken[token, default: 0] += 1
            return nil
        }
        if let turnedAway { throw turnedAway }
        return Permit(self, token: token)
    }

    private func pause(_ token: Int, _ now: ContinuousClock.Instant, _ counts: inout Counts) -> Duration? {
        if counts.paces.count > Self.remembered {
            counts.paces = counts.paces.filter { _, pace in
                var pace = pace
                return !pace.isFull(at: now)
            }
        }
        return counts.paces[token, default: TokenBucket(perMinute: limits.callsPerMinute, from: now)].take(at: now)
    }

    private func refusal(_ message: String, seconds: Int = ConcurrencyLimiter.retrySeconds) -> APIError {
        .tryLater(.tooManyRequests, code: "too_many_\(noun)", message, seconds: seconds)
    }

    private func leave(_ token: Int) {
        counts.withLock { counts in
            counts.all -= 1
            let left = counts.byToken[token, default: 1] - 1
            counts.byToken[token] = left > 0 ? left : nil
        }
    }
}
