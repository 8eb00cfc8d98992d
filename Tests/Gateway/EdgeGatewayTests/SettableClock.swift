import Building
import EdgeGateway
import Synchronization

/// A machine's clocks, as a test sets them.
final class SettableClock: Sendable {
    private struct Time {
        /// Since the boot, milliseconds.
        var monotonic: Int64 = 30_000
        var offset: Int64
    }

    private let time: Mutex<Time>
    private let boot: String

    /// - Parameter calendar: milliseconds since 1970, half a minute after the boot.
    init(_ calendar: Int64, boot: String = "this boot") {
        time = Mutex(Time(offset: calendar - 30_000))
        self.boot = boot
    }

    /// 2026-09-21, and 1970.
    static let present: Int64 = 1_790_000_000_000
    static let beginning: Int64 = 30_000

    var clock: GatewayClock {
        GatewayClock(
            monotonic: { MonotonicInstant(sinceOrigin: .milliseconds(self.time.withLock { $0.monotonic })) },
            calendar: { Timestamp(millisecondsSince1970: self.calendar) }, boot: boot)
    }

    var calendar: Int64 { time.withLock { $0.monotonic + $0.offset } }

    /// Time goes by on both clocks.
    func advance(_ milliseconds: Int64) { time.withLock { $0.monotonic += milliseconds } }
    /// Somebody sets the calendar forth or back.
    func step(_ milliseconds: Int64) { time.withLock { $0.offset += milliseconds } }
    /// Somebody sets the calendar.
    func set(_ calendar: Int64) { time.withLock { $0.offset = calendar - $0.monotonic } }
}
