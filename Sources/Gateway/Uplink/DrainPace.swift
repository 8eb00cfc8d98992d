import Building

/// The rate at which a backlog shrinks, new readings included.
struct DrainPace {
    /// The time until the backlog is gone at the present rate; `nil` while there is none or it does not shrink.
    private(set) var backlogEnds: Duration?
    private var last: (left: Int64, at: MonotonicInstant)?
    /// The smoothed rate at which the backlog shrinks, in readings per second.
    private var perSecond: Double?

    /// The longest forecast, in seconds: a century.
    private static let longestForecast = 3.2e9

    /// Notes a delivery.
    ///
    /// - Parameter left: the number of readings that still wait.
    mutating func delivered(left: Int64, at now: MonotonicInstant) {
        defer { last = (left, now) }
        guard left > 0, let last else {
            backlogEnds = nil
            perSecond = nil
            return
        }
        let elapsed = (now - last.at).inSeconds
        guard elapsed > 0 else { return }
        let present = Double(last.left - left) / elapsed
        let smoothed = perSecond.map { $0 + (present - $0) * min(1, elapsed / 5) } ?? present
        perSecond = smoothed
        // A rate close to zero would give more seconds than a `Duration` can hold.
        backlogEnds = smoothed > 0 ? .seconds(min(Double(left) / smoothed, Self.longestForecast)) : nil
    }
}
