import Building
package import Logging
package import Outbox
import ServiceLifecycle
import Synchronization

/// A watch on the calendar clock that notices whether it is set and whether it is stepped. Nothing is scheduled by that
/// clock.
package final class ClockWatch: Service {
    /// The state of the calendar clock.
    package enum State: Sendable, Hashable {
        /// The calendar can be trusted; the associated value is its offset from the monotonic clock.
        case set(ClockOffset)
        /// The calendar can't be trusted. Readings taken meanwhile are held back for it, as long as `hasPatience` is
        /// true.
        case unset(hasPatience: Bool)
    }

    /// The smallest change, in milliseconds, that counts as a step; anything smaller is a correction.
    private static let smallestStep: Int64 = 2_000

    private struct Memory {
        var offset: ClockOffset?
        var isTrusted: Bool?
        var unsetSince: MonotonicInstant?
        var steps = 0
    }

    private let clock: GatewayClock
    private let patience: Duration
    private let logger: Logger
    private let memory = Mutex(Memory())

    /// Creates the watch and reads the clocks once.
    ///
    /// - Parameter patience: the time for which readings are held back until the clock is set, counted from the start
    ///   or from the step that made the clock untrustworthy.
    package init(clock: GatewayClock, patience: Duration, logger: Logger) {
        self.clock = clock
        self.patience = patience
        self.logger = logger
        look()
    }

    /// Reads the clocks once a second until shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                look()
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// The id of the machine's boot.
    var boot: String { clock.boot }

    /// The number of times the calendar was stepped by more than two seconds since the start.
    package var steps: Int { memory.withLock { $0.steps } }

    /// Reads both clocks and returns the state of the calendar.
    @discardableResult
    package func look() -> State {
        let present = clock.read()
        let offset = present.offset
        let (before, after) = memory.withLock { memory in
            let before = memory
            memory.offset = offset
            memory.isTrusted = present.isTrusted
            memory.unsetSince = present.isTrusted ? nil : memory.unsetSince ?? present.monotonic
            if let last = before.offset, abs(offset.milliseconds - last.milliseconds) > Self.smallestStep {
                memory.steps += 1
            }
            return (before, memory)
        }
        tell(before, after)
        guard let since = after.unsetSince else { return .set(offset) }
        return .unset(hasPatience: present.monotonic - since < patience)
    }

    /// Logs steps, and changes between set and unset.
    private func tell(_ before: Memory, _ after: Memory) {
        if after.steps > before.steps, let last = before.offset, let offset = after.offset {
            let seconds = Double(offset.milliseconds - last.milliseconds) / 1000
            logger.warning(
                "the calendar clock was stepped; schedules do not depend on it",
                metadata: ["seconds": "\(seconds)"])
        }
        guard after.isTrusted != before.isTrusted else { return }
        if after.isTrusted == false {
            logger.warning(
                "the calendar clock is not set: readings wait for it before being uploaded; heating continues",
                metadata: ["patience": "\(patience)"])
        } else if before.isTrusted == false {
            logger.notice("the calendar clock is set")
        }
    }
}
