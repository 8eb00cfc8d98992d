internal import Building
internal import HTTPTypes
internal import Synchronization

/// The limits for one kind of call.
package struct CallLimits: Sendable {
    /// The largest number of simultaneous calls.
    package var calls: Int
    /// The largest number of simultaneous calls with one token.
    package var callsPerToken: Int
    /// The largest number of calls per minute with one token.
    package var callsPerMinute: Int

    /// Creates the limits of one kind of call.
    package init(calls: Int, callsPerToken: Int, callsPerMinute: Int) {
        self.calls = calls
        self.callsPerToken = callsPerToken
        self.callsPerMinute = callsPerMinute
    }
}

/// Limits how many calls run at once, in total and per token, and how many a token makes per minute.
package final class ConcurrencyLimiter: Sendable {
    private struct Counts {
        var calls = SharedCount<Int>()
        var paces: [Int: TokenBucket] = [:]
    }

    private let limits: CallLimits
    private let noun: String
    private let now: @Sendable () -> ContinuousClock.Instant
    private let counts = Mutex(Counts())

    private static let retrySeconds = 2
    /// The number of tokens above which those idle for a minute are forgotten.
    private static let remembered = 10_000

    /// Creates a limiter.
    ///
    /// - Parameter noun: The name of the calls in the plural, such as `questions`; it appears in messages and in the
    ///   code.
    package init(
        _ limits: CallLimits, of noun: String, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limits = limits
        self.noun = noun
        self.now = now
    }

    /// A slot for one call, released when the last reference to it goes.
    package final class Permit: Sendable {
        private let admission: ConcurrencyLimiter
        private let token: Int

        fileprivate init(_ admission: ConcurrencyLimiter, token: Int) {
            self.admission = admission
            self.token = token
        }

        deinit { admission.leave(token) }
    }

    /// Takes a slot for one call.
    ///
    /// - Throws: `APIError` 429 with the code `too_many_<noun>`.
    package func enter(token: Int) throws(APIError) -> Permit {
        let now = now()
        let turnedAway: APIError? = counts.withLock { counts in
            switch counts.calls.excess(for: token, limit: limits.calls, limitPerUser: limits.callsPerToken) {
            case .ofUser: return refusal("This token has too many unanswered \(noun).")
            case .ofAll: return refusal("There are too many concurrent \(noun).")
            case nil: break
            }
            if let wait = pause(token, now, &counts) {
                return refusal(
                    "This token has used up its \(limits.callsPerMinute) \(noun) per minute.",
                    seconds: max(1, Int((wait / .seconds(1) - 0.001).rounded(.up))))
            }
            counts.calls.add(token)
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
        counts.withLock { $0.calls.remove(token) }
    }
}
