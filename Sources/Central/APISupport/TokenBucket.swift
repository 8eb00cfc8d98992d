/// A rate limit: a token bucket that refills within a minute.
///
/// Pure: the caller supplies the time.
package struct TokenBucket: Sendable {
    private let perMinute: Double
    /// The number of calls allowed at once, 0…`perMinute`.
    private var allowance: Double
    private var counted: ContinuousClock.Instant

    /// Creates a full bucket.
    ///
    /// - Parameter perMinute: The number of calls per minute, at least 1; after a minute's pause the same number may
    ///   come at once.
    package init(perMinute: Int, from start: ContinuousClock.Instant) {
        self.perMinute = Double(perMinute)
        allowance = self.perMinute
        counted = start
    }

    /// Takes a token for one call.
    ///
    /// - Returns: The time until the call would be allowed; `nil` if it is allowed.
    package mutating func take(at now: ContinuousClock.Instant) -> Duration? {
        fill(until: now)
        guard allowance < 1 else {
            allowance -= 1
            return nil
        }
        return .seconds((1 - allowance) * 60 / perMinute)
    }

    /// Returns whether the bucket is full, so that nothing is remembered of earlier calls.
    package mutating func isFull(at now: ContinuousClock.Instant) -> Bool {
        fill(until: now)
        return allowance >= perMinute
    }

    private mutating func fill(until now: ContinuousClock.Instant) {
        guard now > counted else { return }
        allowance = min(perMinute, allowance + perMinute * ((now - counted) / .seconds(60)))
        counted = now
    }
}
