import Building

/// What the valve's own moves can have done to a room, at most: by what the lightest room behind the largest emitter would
/// do, unless the room is known to be another.
///
/// The lightest room is one mass of 0.4 h that its emitter warms at once, and its largest emitter can do ten times its load:
/// nothing that is heated by a valve follows it faster.
struct ValveEffect: Sendable {
    /// The lightest room's time constant.
    private static let lightestSeconds = 1440.0
    /// What a percent of opening makes of it in the long run, in K.
    private static let mostKelvinPerPercent = 3.5
    /// How fast a room can fall with its valve shut, in K a minute.
    private static let mostFall = 2.0
    /// How much stronger than was learned a radiator may be.
    private static let doubt = 4.0
    /// A room is known when it has been followed for so long…
    private static let acquaintance = Duration.seconds(2 * 3600)
    /// …and its radiator has not turned out to be far stronger than was thought for this long.
    private static let memory = Duration.seconds(7 * 86_400)
    /// How long a closing goes on to be felt more and more, where the emitter is slow: 25 min.
    private static let remembered = 25

    /// Whether the room was known before a restart.
    private let isAcquainted: Bool
    /// The opening as the lightest room feels it, in %: now, and in each of the last minutes.
    private(set) var felt: Double?
    private var past: [Double] = []
    private var surprised: Duration?

    /// - Parameter isAcquainted: Whether the room has been followed before. In another the valve may have been anywhere.
    init(isAcquainted: Bool) {
        self.isAcquainted = isAcquainted
        felt = isAcquainted ? nil : 100
    }

    /// One minute with the valve at `openPercent`.
    mutating func step(openPercent: Double) {
        let before = felt ?? openPercent
        past.append(before)
        if past.count > Self.remembered { past.removeFirst() }
        felt = before + RoomModel.stepSeconds / Self.lightestSeconds * (openPercent - before)
    }

    /// The room has done what it could not have done as it was known.
    mutating func isFarStronger(at time: Duration) { surprised = time }

    /// How far a room's temperature can go by itself in `span`, in K: no leap of its sensors, but heat.
    func possibleKelvin(in span: Duration) -> Double {
        let rise = (felt ?? 100) * Self.mostKelvinPerPercent / Self.lightestSeconds * 60
        return span.inSeconds.limited(to: 0...600) / 60 * max(Self.mostFall, rise)
    }

    /// How far the closing of the last minutes can have made the room fall, in K.
    ///
    /// - Parameter isSwinging: Whether the valve moves to and fro so much that what was learned of the radiator is in doubt.
    func explainedFallKelvin(kelvinPerPercent: Double, isSwinging: Bool, at time: Duration) -> Double {
        guard let felt, let most = past.max(), most > felt else { return 0 }
        let isKnown =
            !isSwinging && (isAcquainted || time >= Self.acquaintance)
            && surprised.map { time - $0 > Self.memory } ?? true
        let strength =
            isKnown ? min(Self.mostKelvinPerPercent, Self.doubt * kelvinPerPercent) : Self.mostKelvinPerPercent
        return strength * (most - felt)
    }
}
