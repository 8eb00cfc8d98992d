package import Building
import Foundation
import Glibc
package import Outbox

/// The machine's two clocks, passed in wherever time matters.
package struct GatewayClock: Sendable {
    /// Never jumps, and goes on while the machine sleeps.
    package var monotonic: @Sendable () -> MonotonicInstant
    /// What the calendar says.
    package var calendar: @Sendable () -> Timestamp
    /// The machine's boot, from which the monotonic clock counts.
    package var boot: String

    package init(
        monotonic: @escaping @Sendable () -> MonotonicInstant, calendar: @escaping @Sendable () -> Timestamp,
        boot: String
    ) {
        self.monotonic = monotonic
        self.calendar = calendar
        self.boot = boot
    }

    package static let system = GatewayClock(
        monotonic: {
            let time = read(CLOCK_BOOTTIME)
            return MonotonicInstant(sinceOrigin: .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec))
        },
        calendar: {
            let time = read(CLOCK_REALTIME)
            return Timestamp(millisecondsSince1970: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        }, boot: systemBoot)

    /// Where the system does not name its boot, every start counts as one: then nothing is put right wrongly.
    private static var systemBoot: String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? UUID().uuidString
    }

    /// A gateway without a clock battery boots in 1970 or at its image's date. A time before this software was made
    /// can't be right.
    package static let softwareIsFrom = Timestamp(millisecondsSince1970: 1_767_225_600_000)  // 2026-01-01

    package func isTrusted(_ time: Timestamp) -> Bool { time >= Self.softwareIsFrom }

    /// Both clocks at one moment.
    package func read() -> ClockReading {
        while true {
            let before = monotonic()
            let calendar = calendar()
            // A process that was stopped between the two clocks would see a step that never was.
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

/// What the clocks say at one moment: a calendar that is set a moment later changes nothing of it.
package struct ClockReading: Sendable {
    package var monotonic: MonotonicInstant
    package var calendar: Timestamp
    /// Whether the calendar can be trusted.
    package var isTrusted: Bool
    package var offset: ClockOffset

    /// What is needed to put times right that are taken now; `nil` where they are right.
    package var unset: ClockOffset? { isTrusted ? nil : offset }
}

extension Duration {
    /// Whole milliseconds.
    var inMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
