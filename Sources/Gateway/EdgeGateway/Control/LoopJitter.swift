import Synchronization

/// How punctual the control loop goes round: how much later than planned each cycle began, by a clock that does not jump.
package final class LoopJitter: Sendable {
    /// Percentiles are those of so many cycles, the latest.
    package static let remembered = 4096

    package struct Report: Sendable, Hashable {
        /// Since the start.
        package var cycles: Int
        /// Cycles that were left out since the start because the time for the next one had come as well.
        package var missed: Int
        /// Half of the latest cycles were late by no more than this; `nil` before the first.
        package var median: Duration?
        /// 99 of 100 of them were.
        package var percentile99: Duration?
        /// The latest of all, since the start.
        package var longest: Duration?
    }

    private struct State {
        /// In microseconds, a ring: the memory is bounded.
        var lateness: [Int32] = []
        var cycles = 0
        var missed = 0
        var longest: Int32 = 0
    }

    private let state = Mutex(State())

    package init() {}

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

    /// A cycle that did not come because the one before was not over.
    package func noteMissed() { state.withLock { $0.missed += 1 } }

    package var report: Report {
        let state = state.withLock { $0 }
        let sorted = state.lateness.sorted()
        // The nearest rank: the smallest value that so many are no later than.
        func percentile(_ percent: Int) -> Duration? {
            guard !sorted.isEmpty else { return nil }
            return .microseconds(Int(sorted[(sorted.count * percent + 99) / 100 - 1]))
        }
        return Report(
            cycles: state.cycles, missed: state.missed, median: percentile(50), percentile99: percentile(99),
            longest: sorted.isEmpty ? nil : .microseconds(Int(state.longest)))
    }
}
