public import Building
import Glibc

/// The machine's two clocks, passed in wherever time matters.
public struct GatewayClock: Sendable {
    /// Never jumps, and goes on while the machine sleeps.
    public var monotonic: @Sendable () -> MonotonicInstant
    /// What the calendar says.
    public var calendar: @Sendable () -> Timestamp

    public init(
        monotonic: @escaping @Sendable () -> MonotonicInstant, calendar: @escaping @Sendable () -> Timestamp
    ) {
        self.monotonic = monotonic
        self.calendar = calendar
    }

    public static let system = GatewayClock(
        monotonic: {
            let time = read(CLOCK_BOOTTIME)
            return MonotonicInstant(sinceOrigin: .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec))
        },
        calendar: {
            let time = read(CLOCK_REALTIME)
            return Timestamp(millisecondsSince1970: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        })

    /// A gateway without a clock battery boots in 1970 or at its image's date. A time before this software was made
    /// can't be right.
    public static let softwareIsFrom = Timestamp(millisecondsSince1970: 1_767_225_600_000)  // 2026-01-01

    public func isTrusted(_ time: Timestamp) -> Bool { time >= Self.softwareIsFrom }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
