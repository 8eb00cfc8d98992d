/// A moment on a clock that never jumps: the time since an origin that has no meaning of its own (on Linux, the boot).
///
/// Control and scheduling use it, so that setting the calendar clock does not affect the valves.
package struct MonotonicInstant: Hashable, Sendable, Comparable {
    /// The time since the clock's origin.
    package var sinceOrigin: Duration

    /// Creates an instant from the time since the clock's origin.
    package init(sinceOrigin: Duration) {
        self.sinceOrigin = sinceOrigin
    }

    package static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.sinceOrigin < right.sinceOrigin
    }

    /// Returns the instant `duration` later.
    package static func + (instant: MonotonicInstant, duration: Duration) -> MonotonicInstant {
        MonotonicInstant(sinceOrigin: instant.sinceOrigin + duration)
    }

    /// Returns the time from `right` to `left`.
    package static func - (left: MonotonicInstant, right: MonotonicInstant) -> Duration {
        left.sinceOrigin - right.sinceOrigin
    }
}

extension Duration {
    /// The duration in seconds, as a floating-point number.
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
