import Building
import Outbox
import Synchronization

/// What the store held when it was last asked, and how fast it fills.
final class LastTally: Sendable {
    private struct State {
        var tally: OutboxTally?
        var at: MonotonicInstant?
        /// Readings a second, smoothed over minutes.
        var numberedPerSecond: Double?
        var maxBytes: Int64 = 0
    }

    /// What a reading takes while too few wait to measure it: one that lies unpacked takes some 35 bytes.
    private static let usualBytes = 5.0
    private static let smoothing = 120.0

    private let state = Mutex(State())

    var value: OutboxTally? { state.withLock { $0.tally } }

    func set(_ tally: OutboxTally?, at now: MonotonicInstant, maxBytes: Int64) {
        state.withLock { state in
            if let tally, let last = state.tally, let at = state.at {
                let elapsed = (now - at).inSeconds
                if elapsed > 0 {
                    let present = Double(tally.numbered - last.numbered) / elapsed
                    let before = state.numberedPerSecond ?? present
                    state.numberedPerSecond = before + (present - before) * min(1, elapsed / Self.smoothing)
                }
            }
            state.tally = tally
            state.at = now
            state.maxBytes = maxBytes
        }
    }

    /// How long the buffer would take what comes in at the present rate with no central service, in hours; `nil`
    /// while no rate is known.
    var hoursLeft: Double? {
        state.withLock { state in
            guard let tally = state.tally, let rate = state.numberedPerSecond, rate > 0.01 else { return nil }
            // A backlog shows what a packed reading takes; a nearly empty file shows its tables' first pages.
            let measured = tally.waiting > 200_000 ? Double(tally.usedBytes) / Double(tally.waiting) : Self.usualBytes
            let free = Double(max(0, state.maxBytes - tally.usedBytes))
            return (free / (rate * measured) / 3600 * 10).rounded() / 10
        }
    }
}
