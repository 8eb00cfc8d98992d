import Foundation

/// The number and the rate of arrivals, from the first observation to the last.
struct Arrivals {
    private var first: (total: Int, at: ContinuousClock.Instant)?
    private var last: (total: Int, at: ContinuousClock.Instant)?

    /// Notes that `total` have arrived by now. An unchanged total is not an arrival.
    mutating func note(total: Int) {
        guard total > (last?.total ?? 0) else { return }
        let now = ContinuousClock.now
        first = first ?? (total, now)
        last = (total, now)
    }

    var total: Int { last?.total ?? 0 }

    /// The time since the last arrival; `nil` before the first.
    var silence: Duration? { last.map { .now - $0.at } }

    /// The arrivals per second. Those in the first observation came before the measured time and are not counted.
    var rate: Double {
        guard let first, let last, last.at > first.at else { return 0 }
        return Double(last.total - first.total) / ((last.at - first.at) / .seconds(1))
    }

    /// The line `<count> <count per second>`, for scripts.
    var line: String { "\(total) \(String(format: "%.0f", rate))" }
}

/// The conditions that end the wait for further arrivals.
struct Patience {
    var count: Int
    var silence: Duration
    let end: ContinuousClock.Instant

    init(count: Int, silenceSeconds: Double, limitSeconds: Double) {
        self.count = count
        silence = .seconds(silenceSeconds)
        end = .now + .seconds(limitSeconds)
    }

    func isOver(_ arrivals: Arrivals) -> Bool {
        if arrivals.total >= count || ContinuousClock.now > end { return true }
        guard let pause = arrivals.silence else { return false }
        return pause > silence
    }
}
