package import Building
import Foundation
import Glibc
package import Outbox

/// The machine's two clocks, injected wherever time matters.
package struct GatewayClock: Sendable {
    /// Returns an instant of a clock that never jumps and that continues while the machine sleeps.
    package var monotonic: @Sendable () -> MonotonicInstant
    /// Returns the time of the calendar clock.
    package var calendar: @Sendable () -> Timestamp
    /// The id of the machine's boot, from which the monotonic clock counts.
    package var boot: String

    /// Creates a clock from two functions; tests pass their own.
    package init(
        monotonic: @escaping @Sendable () -> MonotonicInstant, calendar: @escaping @Sendable () -> Timestamp,
        boot: String
    ) {
        self.monotonic = monotonic
        self.calendar = calendar
        self.boot = boot
    }

    /// The clocks of this machine.
    package static let system = GatewayClock(
        monotonic: {
            let time = read(CLOCK_BOOTTIME)
            return MonotonicInstant(sinceOrigin: .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec))
        },
        calendar: {
            let time = read(CLOCK_REALTIME)
            return Timestamp(millisecondsSince1970: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        }, boot: systemBoot)

    /// The id of the boot. If the system does not provide one, every start counts as a boot of its own, so that no time
    /// is corrected wrongly.
    private static var systemBoot: String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? UUID().uuidString
    }

    /// The earliest time that can be right: this software did not exist before it. A gateway without a clock battery
    /// boots in 1970 or at the date of its image.
    package static let softwareIsFrom = Timestamp(millisecondsSince1970: 1_767_225_600_000)  // 2026-01-01

    /// Returns whether a calendar time is late enough to be trusted.
    package func isTrusted(_ time: Timestamp) -> Bool { time >= Self.softwareIsFrom }

    /// Reads both clocks at one moment.
    package func read() -> ClockReading {
        while true {
            let before = monotonic()
            let calendar = calendar()
            // A process that was suspended between the two reads would see a step that never happened.
            guard monotonic() - before < .milliseconds(20) else { continue }
            let offset = calendar.millisecondsSince1970 - before.sinceOrigin.inMilliseconds
            return ClockReading(
                monotonic: before, calendar: calendar, isTrusted: isTrusted(calendar),
                offset: ClockOffset(boot: boot, milliseconds: offset))
        }
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}

/// The readings of both clocks at one moment. Setting the calendar later does not change them.
package struct ClockReading: Sendable {
    /// The instant on the monotonic clock.
    package var monotonic: MonotonicInstant
    /// The time on the calendar clock.
    package var calendar: Timestamp
    /// A Boolean value that indicates whether the calendar can be trusted.
    package var isTrusted: Bool
    /// The difference between the calendar and the monotonic clock.
    package var offset: ClockOffset

    /// The offset needed to correct times that are taken now; `nil` if they are right.
    package var unset: ClockOffset? { isTrusted ? nil : offset }
}

extension Duration {
    /// The duration in whole milliseconds.
    var inMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
