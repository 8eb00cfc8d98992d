import Building

/// The state of one sensor: its last value, whether it can be believed, and the offset of its place.
struct SensorTrack: Sendable {
    /// The fastest change of a room's air, K: a sensor may jump by this at once, and by `kelvinPerSecond` beyond.
    private static let jumpKelvin = 1.5
    private static let kelvinPerSecond = 1.0 / 60
    /// The time after which a jump is not a spike. Until then the sensor has no vote of its own.
    private static let probation = Duration.seconds(300)

    /// The latest plausible value, °C; `nil` while the sensor sends implausible ones.
    private(set) var celsius: Double?
    /// The room's time at which the sensor was last heard.
    private(set) var lastHeard: Duration
    /// The last value before a jump, to tell a spike from a change.
    private var believed: (celsius: Double, time: Duration)?
    /// The time since which the sensor has been further away than its past allows.
    private var suspectSince: Duration?
    /// The offset of the sensor's place from the room, K.
    private(set) var offset: SensorOffset

    /// A Boolean value that indicates whether the sensor reports what is impossible while the valve is shut.
    private(set) var isDoubted = false

    init(at time: Duration, offset: SensorOffset = SensorOffset()) {
        lastHeard = time
        self.offset = offset
    }

    /// Takes a value, °C; `nil` for an implausible one.
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

    /// Doubts a value above `warmest` (only if `newly`, unless it is doubted already), and believes the sensor again
    /// below `until`. Does nothing while the value is implausible anyway.
    mutating func doubt(above warmest: Double, until believable: Double, newly: Bool) {
        guard let celsius else { return }
        if celsius <= believable { isDoubted = false } else if newly, celsius > warmest { isDoubted = true }
    }

    /// Returns whether the sensor has jumped and has not stayed there for long enough to be believed alone.
    func isSuspect(at time: Duration) -> Bool {
        guard let suspectSince else { return false }
        return time - suspectSince < Self.probation
    }

    /// Accepts the jump as a true change of the room, because most sensors made it or because it lasted.
    mutating func acceptJump(at time: Duration) {
        guard suspectSince != nil, let celsius else { return }
        suspectSince = nil
        believed = (celsius, time)
    }

    /// The room's temperature according to this sensor, °C.
    var corrected: Double? { celsius.map { $0 - offset.kelvin } }

    mutating func learnOffset(from roomCelsius: Double, elapsed: Duration) {
        guard let celsius else { return }
        offset.learn(celsius - roomCelsius, elapsed: elapsed)
    }
}

/// The difference between the temperature at a sensor's place and the room's: learned slowly, and bounded.
package struct SensorOffset: Sendable, Hashable, Codable {
    /// The largest offset, K: a sensor that differs by more is broken, not badly placed.
    static let limitKelvin = 1.0
    /// The time constant with which older offsets forget, s; younger ones follow the mean of all values.
    private static let memorySeconds = 3.0 * 86_400
    /// The time before which nothing is corrected by much, s.
    private static let cautionSeconds = 3.0 * 3600

    private var mean = 0.0
    private var learnedSeconds = 0.0

    init() {}

    /// The offset as kept over a restart: rounded, so that it does not change with every reading.
    var kept: SensorOffset {
        var kept = self
        kept.mean = mean.rounded(toDecimals: 2)
        kept.learnedSeconds = (learnedSeconds / 3600).rounded() * 3600
        return kept
    }

    /// The offset, K, within ±1; always a number.
    package var kelvin: Double { mean.limited(to: -Self.limitKelvin...Self.limitKelvin, else: 0) }

    mutating func learn(_ difference: Double, elapsed: Duration) {
        let seconds = elapsed.inSeconds.limited(to: 0...600)
        guard difference.isFinite else { return }
        learnedSeconds = (learnedSeconds + seconds).limited(to: 0...Self.memorySeconds, else: 0)
        let weight = seconds / (Self.cautionSeconds + learnedSeconds)
        mean = (mean + weight * (difference - mean)).limited(to: -Self.limitKelvin...Self.limitKelvin, else: 0)
    }
}
