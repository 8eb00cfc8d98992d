/// How often something may happen: a token bucket that a minute fills.
///
/// Pure: whoever asks says what time it is.
package struct TokenBucket: Sendable {
    private let perMinute: Double
    /// Calls that may come at once, 0…`perMinute`.
    private var allowance: Double
    private var counted: ContinuousClock.Instant

    /// - Parameter perMinute: from 1 on; so many may also come at once after a minute's pause.
    package init(perMinute: Int, from start: ContinuousClock.Instant) {
        self.perMinute = Double(perMinute)
        allowance = self.perMinute
        counted = start
    }

    /// Counts one more call.
    ///
    /// - Returns: how long until it would be allowed; `nil` where it is.
    package mutating func take(at now: ContinuousClock.Instant) -> Duration? {
        fill(until: now)
        guard allowance < 1 else {
            allowance -= 1
            return nil
        }
        return .seconds((1 - allowance) * 60 / perMinute)
    }

    /// Whether nothing is remembered of earlier calls.
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
