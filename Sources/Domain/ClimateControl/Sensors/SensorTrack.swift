import Building

/// What is known of one sensor: its last word, whether it can be believed, and how its place differs from the room.
struct SensorTrack: Sendable {
    /// No air in a room changes faster than this, in K: what a sensor may jump by at once, and per second beyond.
    private static let jumpKelvin = 1.5
    private static let kelvinPerSecond = 1.0 / 60
    /// A jump that lasts for so long is no spike. Until then the sensor has no vote of its own.
    private static let probation = Duration.seconds(300)

    /// The latest plausible value, in °C; `nil` while what it sends is implausible.
    private(set) var celsius: Double?
    /// The room's time when it was last heard.
    private(set) var lastHeard: Duration
    /// The last value before a jump, to tell a spike from a change.
    private var believed: (celsius: Double, time: Duration)?
    /// Since when it has been elsewhere than its past allows.
    private var suspectSince: Duration?
    /// How much warmer its place is than the room, in K.
    private(set) var offset: SensorOffset

    /// Whether it says what no room can be while its valve is shut.
    private(set) var isDoubted = false

    init(at time: Duration, offset: SensorOffset = SensorOffset()) {
        lastHeard = time
        self.offset = offset
    }

    /// Takes a value, in °C; `nil` for one that no room has.
    mutating func hear(_ value: Double?, at time: Duration) {
        lastHeard = time
        celsius = value
        guard let value else { return }
        guard let past = believed else {
            believed = (value, time)
            return
        }
        let allowed = Self.jumpKelvin + (time - past.time).inSeconds * Self.kelvinPerSecond
        if abs(value - past.celsius) <= allowed {
            suspectSince = nil
            believed = (value, time)
        } else if suspectSince == nil {
            suspectSince = time
        }
    }

    /// Doubts a value above `warmest`, where it is a new one only if `newly`, and believes one again below `until`. One
    /// that is implausible anyway says nothing about that.
    mutating func doubt(above warmest: Double, until believable: Double, newly: Bool) {
        guard let celsius else { return }
        if celsius <= believable { isDoubted = false } else if newly, celsius > warmest { isDoubted = true }
    }

    /// Whether it jumped and has not been there for long enough to be believed alone.
    func isSuspect(at time: Duration) -> Bool {
        guard let suspectSince else { return false }
        return time - suspectSince < Self.probation
    }

    /// Takes the jump for a true change of the room, because most sensors made it, or because it lasted.
    mutating func acceptJump(at time: Duration) {
        guard suspectSince != nil, let celsius else { return }
        suspectSince = nil
        believed = (celsius, time)
    }

    /// The room's temperature by this sensor, in °C.
    var corrected: Double? { celsius.map { $0 - offset.kelvin } }

    mutating func learnOffset(from roomCelsius: Double, elapsed: Duration) {
        guard let celsius else { return }
        offset.learn(celsius - roomCelsius, elapsed: elapsed)
    }
}

/// How much warmer a sensor's place is than the room: learned slowly, and bounded.
package struct SensorOffset: Sendable, Hashable, Codable {
    /// A sensor that differs by more is broken, not badly placed.
    static let limitKelvin = 1.0
    /// Young offsets follow the mean of all that was seen; later ones forget with this time constant.
    private static let memorySeconds = 3.0 * 86_400
    /// Before so much was seen, nothing is corrected by much.
    private static let cautionSeconds = 3.0 * 3600

    private var mean = 0.0
    private var learnedSeconds = 0.0

    init() {}

    /// As it is kept over a restart: rounded, so that it does not change with every reading.
    var kept: SensorOffset {
        var kept = self
        kept.mean = mean.rounded(toDecimals: 2)
        kept.learnedSeconds = (learnedSeconds / 3600).rounded() * 3600
        return kept
    }

    /// In K, within ±1; always a number.
    package var kelvin: Double { mean.limited(to: -Self.limitKelvin...Self.limitKelvin, else: 0) }

    mutating func learn(_ difference: Double, elapsed: Duration) {
        let seconds = elapsed.inSeconds.limited(to: 0...600)
        guard difference.isFinite else { return }
        learnedSeconds = (learnedSeconds + seconds).limited(to: 0...Self.memorySeconds, else: 0)
        let weight = seconds / (Self.cautionSeconds + learnedSeconds)
        mean = (mean + weight * (difference - mean)).limited(to: -Self.limitKelvin...Self.limitKelvin, else: 0)
    }
}
