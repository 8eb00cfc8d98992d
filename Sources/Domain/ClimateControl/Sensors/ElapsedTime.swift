import Building

/// The time of one room since its control began. It never goes back, whatever the instants it is given do.
///
/// Instants may arrive slightly out of order: then time stands still until they catch up. An instant that lies far
/// back means that the clock's origin moved: then time goes on from here.
struct ElapsedTime: Sendable {
    /// More than this is no disorder among messages any more.
    private static let tolerance = Duration.seconds(60)
    /// Further than this no clock counts (about 35,000 years); beyond, arithmetic on durations could overflow.
    private static let horizon = Duration.seconds(1 << 40)

    private var latest: Duration
    private(set) var elapsed = Duration.zero

    init(startedAt start: MonotonicInstant) {
        latest = Self.bounded(start)
    }

    /// The room's time at `instant`.
    mutating func advance(to instant: MonotonicInstant) -> Duration {
        let present = Self.bounded(instant)
        if present > latest {
            elapsed = min(elapsed + (present - latest), Self.horizon)
            latest = present
        } else if latest - present > Self.tolerance {
            latest = present
        }
        return elapsed
    }

    private static func bounded(_ instant: MonotonicInstant) -> Duration {
        instant.sinceOrigin.limited(to: .zero - horizon...horizon)
    }
}
