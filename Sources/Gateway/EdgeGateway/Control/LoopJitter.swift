import Synchronization

/// The punctuality of the control loop: the lateness of each cycle against its schedule, by a clock that does not jump.
package final class LoopJitter: Sendable {
    /// The number of latest cycles from which percentiles are computed.
    package static let remembered = 4096

    /// A summary of the loop's lateness.
    package struct Report: Sendable, Hashable {
        /// The number of cycles since the start.
        package var cycles: Int
        /// The number of cycles since the start that were skipped because the next one was already due.
        package var missed: Int
        /// The median lateness of the latest cycles; `nil` before the first.
        package var median: Duration?
        /// The 99th percentile of their lateness.
        package var percentile99: Duration?
        /// The longest lateness since the start.
        package var longest: Duration?
    }

    private struct State {
        /// The lateness of each of the latest cycles, in microseconds; a ring of bounded size.
        var lateness: [Int32] = []
        var cycles = 0
        var missed = 0
        var longest: Int32 = 0
    }

    private let state = Mutex(State())

    /// Creates an empty record.
    package init() {}

    /// Notes a cycle.
    ///
    /// - Parameters:
    ///   - lateness: the delay against the schedule; negative values count as zero.
    ///   - missed: the number of cycles skipped before this one.
    package func note(lateness: Duration, missed: Int) {
        let microseconds = Int32(clamping: Int64(max(0, lateness / .microseconds(1)).rounded(.up)))
        state.withLock { state in
            if state.lateness.count < Self.remembered {
                state.lateness.append(microseconds)
            } else {
                state.lateness[state.cycles % Self.remembered] = microseconds
            }
            state.cycles += 1
            state.missed += missed
            state.longest = max(state.longest, microseconds)
        }
    }

    /// Notes a cycle that was skipped because the previous one had not finished.
    package func noteMissed() { state.withLock { $0.missed += 1 } }

    /// The present summary.
    package var report: Report {
        let state = state.withLock { $0 }
        let sorted = state.lateness.sorted()
        // The nearest-rank method: the smallest value that at least `percent` % of all do not exceed.
        func percentile(_ percent: Int) -> Duration? {
            guard !sorted.isEmpty else { return nil }
            return .microseconds(Int(sorted[(sorted.count * percent + 99) / 100 - 1]))
        }
        return Report(
            cycles: state.cycles, missed: state.missed, median: percentile(50), percentile99: percentile(99),
            longest: sorted.isEmpty ? nil : .microseconds(Int(state.longest)))
    }
}
