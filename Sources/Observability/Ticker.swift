/// A schedule that advances from the schedule, not from now: lateness does not add up.
public struct Ticker<C: Clock>: Sendable where C.Duration == Duration {
    private let clock: C
    private let period: Duration
    private var next: C.Instant

    public init(every period: Duration, clock: C) {
        precondition(period > .zero, "a period is longer than nothing")
        self.clock = clock
        self.period = period
        next = clock.now
    }

    /// Waits until the next beat; the first comes one period after `init`. Beats that were missed altogether, because
    /// the machine slept or the work took longer than a period, are left out.
    public mutating func tick() async throws {
        next = next.advanced(by: period)
        let late = next.duration(to: clock.now)
        if late > period { next = next.advanced(by: period * Int((late / period).rounded(.down))) }
        try await clock.sleep(until: next, tolerance: nil)
    }
}
