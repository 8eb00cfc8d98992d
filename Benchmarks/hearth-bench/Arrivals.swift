import Foundation

/// How many arrived, and how fast, from the first observation to the last.
struct Arrivals {
    private var first: (total: Int, at: ContinuousClock.Instant)?
    private var last: (total: Int, at: ContinuousClock.Instant)?

    /// Notes that `total` have arrived by now. The same total as before is no arrival.
    mutating func note(total: Int) {
        guard total > (last?.total ?? 0) else { return }
        let now = ContinuousClock.now
        first = first ?? (total, now)
        last = (total, now)
    }

    var total: Int { last?.total ?? 0 }

    /// Since the last arrival; `nil` before the first.
    var silence: Duration? { last.map { .now - $0.at } }

    /// Per second. What the first observation saw came before the time that is measured, and does not count.
    var rate: Double {
        guard let first, let last, last.at > first.at else { return 0 }
        return Double(last.total - first.total) / ((last.at - first.at) / .seconds(1))
    }

    /// `<how many> <a second>`, for scripts.
    var line: String { "\(total) \(String(format: "%.0f", rate))" }
}

/// When to stop waiting for more.
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
