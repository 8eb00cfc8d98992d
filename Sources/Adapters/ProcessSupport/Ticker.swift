/// A schedule whose times derive from the schedule rather than from the present, so that delays do not accumulate.
package struct Ticker<C: Clock>: Sendable where C.Duration == Duration {
    private let clock: C
    private let period: Duration
    private var next: C.Instant

    /// Creates a schedule that begins now.
    ///
    /// - Parameter period: The time between beats, more than zero.
    package init(every period: Duration, clock: C) {
        precondition(period > .zero, "the period must be positive")
        self.clock = clock
        self.period = period
        next = clock.now
    }

    /// One beat of the schedule.
    package struct Beat: Sendable {
        /// The time at which it was due, had none been skipped.
        package var due: C.Instant
        /// The number of beats skipped before it.
        package var missed: Int
    }

    /// Waits until the next beat; the first comes one period after `init`. Beats that were missed altogether, because
    /// the machine slept or the work took longer than a period, are skipped.
    ///
    /// - Throws: `CancellationError` if the task is cancelled.
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
