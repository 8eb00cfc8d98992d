import Building

/// How fast a backlog shrinks, new readings that come meanwhile included.
struct DrainPace {
    /// When the backlog is gone at the present pace; `nil` while there is none, or it does not shrink.
    private(set) var backlogEnds: Duration?
    private var last: (left: Int64, at: MonotonicInstant)?
    /// Readings a second by which the backlog shrinks, smoothed.
    private var perSecond: Double?

    /// A century, in seconds.
    private static let longestForecast = 3.2e9

    /// - Parameter left: how many readings still wait.
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
        // A pace of next to nothing would give more seconds than a `Duration` can hold.
        backlogEnds = smoothed > 0 ? .seconds(min(Double(left) / smoothed, Self.longestForecast)) : nil
    }
}
