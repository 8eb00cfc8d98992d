import Building

/// The time of one room since its control began. It never goes back, whatever instants it is given.
///
/// Instants may arrive slightly out of order: then time stands still until they catch up. An instant that lies far back
/// means that the clock's origin has moved: then time continues from here.
struct ElapsedTime: Sendable {
    /// The greatest step back that counts as disorder among messages.
    private static let tolerance = Duration.seconds(60)
    /// The limit of instants (about 35,000 years), beyond which arithmetic on durations could overflow.
    private static let horizon = Duration.seconds(1 << 40)

    private var latest: Duration
    private(set) var elapsed = Duration.zero

    init(startedAt start: MonotonicInstant) {
        latest = Self.bounded(start)
    }

    /// Advances to `instant` and returns the room's time.
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
