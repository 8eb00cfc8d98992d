/// A schedule that advances from the schedule, not from now: lateness does not add up.
package struct Ticker<C: Clock>: Sendable where C.Duration == Duration {
    private let clock: C
    private let period: Duration
    private var next: C.Instant

    package init(every period: Duration, clock: C) {
        precondition(period > .zero, "a period is longer than nothing")
        self.clock = clock
        self.period = period
        next = clock.now
    }

    /// One beat.
    package struct Beat: Sendable {
        /// When it should have come, had none been left out.
        package var due: C.Instant
        /// How many were left out before it.
        package var missed: Int
    }

    /// Waits until the next beat; the first comes one period after `init`. Beats that were missed altogether, because
    /// the machine slept or the work took longer than a period, are left out.
    @discardableResult
    package mutating func tick() async throws -> Beat {
        let due = next.advanced(by: period)
        next = due
        let late = next.duration(to: clock.now)
        let missed = late > period ? Int((late / period).rounded(.down)) : 0
        next = next.advanced(by: period * missed)
        try await clock.sleep(until: next, tolerance: nil)
        return Beat(due: due, missed: missed)
    }
}
