import Building
package import Logging
package import Outbox
import ServiceLifecycle
import Synchronization

/// Watches the calendar clock: whether it is set, and whether somebody steps it. Nothing is scheduled by it.
package final class ClockWatch: Service {
    package enum State: Sendable, Hashable {
        /// The calendar can be trusted, and is so far from the monotonic clock.
        case set(ClockOffset)
        /// The calendar can't be trusted. What is taken meanwhile waits for the clock, but not for ever.
        case unset(hasPatience: Bool)
    }

    /// Steps of the calendar below this are corrections, milliseconds.
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

    /// - Parameter patience: how long readings wait for the clock to be set, from the start or the step that took the
    ///   clock away.
    package init(clock: GatewayClock, patience: Duration, logger: Logger) {
        self.clock = clock
        self.patience = patience
        self.logger = logger
        look()
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                look()
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// The machine's boot.
    var boot: String { clock.boot }

    /// How often the calendar was stepped by more than two seconds since the start.
    package var steps: Int { memory.withLock { $0.steps } }

    /// Reads the clocks.
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

    private func tell(_ before: Memory, _ after: Memory) {
        if after.steps > before.steps, let last = before.offset, let offset = after.offset {
            let seconds = Double(offset.milliseconds - last.milliseconds) / 1000
            logger.warning(
                "the calendar clock was stepped; nothing is scheduled by it",
                metadata: ["seconds": "\(seconds)"])
        }
        guard after.isTrusted != before.isTrusted else { return }
        if after.isTrusted == false {
            logger.warning(
                "the calendar clock is not set: readings wait for it before they go up; heating goes on",
                metadata: ["patience": "\(patience)"])
        } else if before.isTrusted == false {
            logger.notice("the calendar clock is set")
        }
    }
}
