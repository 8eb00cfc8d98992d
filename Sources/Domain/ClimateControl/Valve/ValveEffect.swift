import Building

/// The largest effect that the valve's own moves can have on a room: that in the lightest room behind the largest
/// emitter, unless the room is known to be another.
///
/// The lightest room is one mass of 0.4 h that its emitter warms at once, and its largest emitter delivers ten times
/// its load: nothing heated by a valve follows it faster.
struct ValveEffect: Sendable {
    /// The lightest room's time constant, s.
    private static let lightestSeconds = 1440.0
    /// The long-term effect of a percent of opening in the lightest room, K.
    private static let mostKelvinPerPercent = 3.5
    /// The fastest fall of a room with its valve shut, K per minute.
    private static let mostFall = 2.0
    /// The factor by which a radiator may be stronger than was learned.
    private static let doubt = 4.0
    /// The time for which a room has to be followed to be known.
    private static let acquaintance = Duration.seconds(2 * 3600)
    /// The time for which a room is no longer known once its radiator has turned out to be far stronger than assumed.
    private static let memory = Duration.seconds(7 * 86_400)
    /// The number of minutes for which a closing is felt more and more if the emitter is slow.
    private static let remembered = 25

    /// A Boolean value that indicates whether the room was known before a restart.
    private let isAcquainted: Bool
    /// The opening as the lightest room feels it, in %: now, and in each of the last minutes.
    private(set) var felt: Double?
    private var past: [Double] = []
    private var surprised: Duration?

    /// Creates the effect in a room.
    ///
    /// - Parameter isAcquainted: Whether the room has been followed before. In another room the valve may have been
    ///   anywhere.
    init(isAcquainted: Bool) {
        self.isAcquainted = isAcquainted
        felt = isAcquainted ? nil : 100
    }

    /// Advances one minute with the valve at `openPercent`.
    mutating func step(openPercent: Double) {
        let before = felt ?? openPercent
        past.append(before)
        if past.count > Self.remembered { past.removeFirst() }
        felt = before + RoomModel.stepSeconds / Self.lightestSeconds * (openPercent - before)
    }

    /// Notes that the room has done what was impossible according to what was known of it.
    mutating func isFarStronger(at time: Duration) { surprised = time }

    /// Returns the largest change of a room's temperature by heat within `span`, as opposed to a leap of its sensors,
    /// K.
    func possibleKelvin(in span: Duration) -> Double {
        let rise = (felt ?? 100) * Self.mostKelvinPerPercent / Self.lightestSeconds * 60
        return span.inSeconds.limited(to: 0...600) / 60 * max(Self.mostFall, rise)
    }

    /// Returns the largest fall of the room that the closing of the last minutes can explain, K.
    ///
    /// - Parameter isSwinging: Whether the valve moves to and fro so much that what was learned of the radiator is in
    ///   doubt.
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
