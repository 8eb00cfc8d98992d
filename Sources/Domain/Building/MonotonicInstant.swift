/// A moment on a clock that never jumps: the time since an origin that means nothing by itself (on Linux, the boot).
///
/// Control and scheduling use it, so that setting the calendar clock changes nothing that the valves do.
package struct MonotonicInstant: Hashable, Sendable, Comparable {
    package var sinceOrigin: Duration

    package init(sinceOrigin: Duration) {
        self.sinceOrigin = sinceOrigin
    }

    package static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.sinceOrigin < right.sinceOrigin
    }

    package static func + (instant: MonotonicInstant, duration: Duration) -> MonotonicInstant {
        MonotonicInstant(sinceOrigin: instant.sinceOrigin + duration)
    }

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
