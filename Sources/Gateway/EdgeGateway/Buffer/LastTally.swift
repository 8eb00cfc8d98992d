import Building
import Outbox
import Synchronization

/// The most recent tally of the store, and the rate at which it fills.
final class LastTally: Sendable {
    private struct State {
        var tally: OutboxTally?
        var at: MonotonicInstant?
        /// The smoothed rate of numbered readings, per second.
        var numberedPerSecond: Double?
        var maxBytes: Int64 = 0
    }

    /// The assumed size of a reading, in bytes, while too few are waiting to measure it. An unpacked reading takes some
    /// 35 bytes.
    private static let usualBytes = 5.0
    /// The time constant of the smoothed rate, in seconds.
    private static let smoothing = 120.0

    private let state = Mutex(State())

    var value: OutboxTally? { state.withLock { $0.tally } }

    /// Stores a new tally, which is `nil` if the store could not be read, and updates the rate.
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

    /// The number of hours for which the buffer can take readings at the present rate without a central service; `nil`
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
