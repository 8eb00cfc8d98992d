import Building

/// Keeps a valve's motor and battery from being worn out by moves that no one would feel.
struct ValveCare: Sendable {
    let minimumChangePercent: Int
    let minimumInterval: Duration
    let largeChangePercent: Int
    /// The level commanded last; `nil` before the first command.
    private(set) var commanded: PercentOpen?
    private var lastMove: Duration?

    init(settings: RoomClimateSettings, commanded: PercentOpen?) {
        minimumChangePercent = settings.minimumChangePercent
        minimumInterval = settings.minimumInterval
        largeChangePercent = settings.largeChangePercent
        self.commanded = commanded
    }

    /// The level to command when `wanted` would be right at `time`. What `mustMove` is never held back.
    mutating func level(wanted: PercentOpen, at time: Duration, mustMove: Bool) -> PercentOpen {
        guard let commanded, !mustMove, !isWorthwhile(from: commanded, to: wanted, at: time) else {
            if commanded != wanted { lastMove = time }
            commanded = wanted
            return wanted
        }
        return commanded
    }

    private func isWorthwhile(from present: PercentOpen, to wanted: PercentOpen, at time: Duration) -> Bool {
        let change = abs(wanted.percent - present.percent)
        if change >= largeChangePercent { return true }
        // The ends are worth a small step: a valve that is almost shut still heats, and almost open still throttles.
        let reachesEnd = change > 0 && (wanted.percent == 0 || wanted.percent == 100)
        guard change >= minimumChangePercent || reachesEnd else { return false }
        guard let lastMove else { return true }
        return time - lastMove >= minimumInterval
    }
}
