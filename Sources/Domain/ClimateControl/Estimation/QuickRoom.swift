import Foundation

/// A room that follows its valve more quickly than ordinary ones do: a single mass that its emitter heats.
///
///     emitter' = (opening − emitter) / emitterMinutes                          in %
///     air'     = strength · (emitter − warmer air's share) + remainder − loss   in K per minute
///     sensed'  = (air − sensed) / sensorMinutes
///
/// The room's loss, the effect of a percent of the emitter, and the remainder from before the room was met are unknown.
/// They are states of one Kalman filter besides air and sensors, which tracks their uncertainties and correlations
/// (joint estimation of states and parameters: Ljung, "System Identification", 1999, section 10.5). It is linear, since
/// the emitter follows from the opening alone. Within minutes it therefore knows how strong the emitter is, and which
/// valve opening holds the room's temperature.
struct QuickRoom: Sendable {
    /// The time constants that distinguish such rooms.
    struct Kind: Sendable {
        /// The time constant with which the emitter warms up, min.
        var emitterMinutes: Double
        /// The time constant with which the sensors follow the air, min.
        var sensorMinutes: Double
    }

    /// A vector over the states: the first five of eight count.
    private typealias Row = SIMD8<Double>
    private enum State { static let sensed = 0, air = 1, loss = 2, strength = 3, remainder = 4, count = 5 }

    /// The assumed effect of a percent of opening in a room that is met for the first time, K per minute, and its
    /// standard deviation: from ordinary rooms, 0.0005, to the lightest one behind the largest emitter, 0.13.
    private static let startStrength = (mean: 0.01, deviation: 0.04)
    /// The least possible strength: less than in most ordinary rooms.
    private static let weakest = 0.0003
    /// The initial uncertainty of the opening that holds the room, and of the emitter's warmth, %.
    private static let startDoubtPercent = 15.0
    /// The uncertainty of a strength that was learned before a restart: as a share, and in K per minute, since it may
    /// have been learned for only a few minutes.
    private static let knownDoubt = (share: 0.3, kelvin: 0.005)
    /// The random change of the sensed temperature within a minute, as a standard deviation, K.
    private static let sensedChance = 0.003
    /// The random change of the air temperature within a minute, as a standard deviation, K.
    private static let airChance = 0.01
    /// The random change of the loss within a minute, as a standard deviation: in K per minute, and in % of opening
    /// where a percent has a greater effect.
    private static let lossChance = (kelvin: 0.0005, percent: 0.3)
    /// The random change of the strength within a minute, as a share.
    private static let strengthChance = 0.004
    /// The additional opening needed to hold a room that is 1 K warmer, %. An emitter of six times the load can deliver
    /// 6 · 32 K, of which a percent is a hundredth.
    private static let percentPerKelvin = 100 / (6 * 32.0)

    /// The time constants of this room.
    let kind: Kind
    private var state: Row
    private var covariance: [Row]
    /// The emitter's warmth, in % of its full power.
    private var emitter: Double
    private let startCelsius: Double
    /// The difference between the last measurement and its prediction, K.
    private(set) var error = 0.0
    /// The improbability of `error`: minus twice the logarithm of its likelihood, up to a constant.
    private(set) var surprise = 0.0

    /// Creates a room as it is first met, at `celsius` and with the valve at `openPercent` for some time.
    ///
    /// The valve may have been anywhere until now, even before a restart, since the emitter's warmth is not remembered.
    ///
    /// - Parameter strength: The effect of a percent of opening learned before, K per minute; `nil` in a room that is
    ///   met for the first time.
    init(kind: Kind, celsius: Double, openPercent: Double, strength: Double?) {
        self.kind = kind
        emitter = openPercent
        startCelsius = celsius
        let mean = strength ?? Self.startStrength.mean
        let deviation =
            strength.map { $0 * Self.knownDoubt.share + Self.knownDoubt.kelvin } ?? Self.startStrength.deviation
        state = Row(celsius, celsius, mean * openPercent, mean, 0, 0, 0, 0)
        covariance = [Row](repeating: .zero, count: State.count)
        covariance[State.sensed][State.sensed] = 0.01
        covariance[State.air][State.air] = 0.04
        // Whatever the strength is, roughly this opening held the room: strength and loss are uncertain together.
        let variance = deviation * deviation
        let doubt = Self.startDoubtPercent * Self.startDoubtPercent * (variance + mean * mean)
        covariance[State.strength][State.strength] = variance
        covariance[State.loss][State.strength] = openPercent * variance
        covariance[State.strength][State.loss] = openPercent * variance
        covariance[State.loss][State.loss] = openPercent * openPercent * variance + doubt
        covariance[State.remainder][State.remainder] = doubt
    }

    /// The effect of a percent of opening, K per minute.
    var strength: Double { state[State.strength] }
    /// A lower bound of `strength`, exceeded in all but one case in 160.
    var leastStrength: Double { strength - 2.5 * strengthDeviation }
    /// The temperature that the sensors should show now, °C.
    var sensedCelsius: Double { state[State.sensed] }

    private var strengthDeviation: Double { max(0, covariance[State.strength][State.strength]).squareRoot() }

    /// Advances one minute with the valve at `openPercent`, at the end of which the sensors show `celsius`; `nil` while
    /// they report nothing.
    ///
    /// - Parameter learns: Whether the prediction error may change the strength.
    mutating func step(openPercent: Double, measuring celsius: Double?, learns: Bool) {
        predict(openPercent: openPercent)
        if let celsius { correct(celsius, learns: learns) }
    }

    private mutating func predict(openPercent: Double) {
        let share = 1 - exp(-1 / kind.emitterMinutes)
        let follow = 1 - exp(-1 / kind.sensorMinutes)
        let meanEmitter = emitter + (openPercent - emitter) * (1 - share * kind.emitterMinutes)
        emitter += share * (openPercent - emitter)
        let warming = (state[State.air] - startCelsius).limited(to: -50...50, else: 0)
        let surplus = meanEmitter - Self.percentPerKelvin * warming
        let air = Row(0, 1, -1, surplus, 1, 0, 0, 0)
        let transition = [
            follow * air + Row(1 - follow, 0, 0, 0, 0, 0, 0, 0),
            air,
            Row(0, 0, 1, 0, 0, 0, 0, 0),
            Row(0, 0, 0, 1, 0, 0, 0, 0),
            Row(0, 0, 0, 0, 1 - share, 0, 0, 0),
        ]
        var next = Row.zero
        for row in 0..<State.count { next[row] = (transition[row] * state).sum() }
        state = next
        covariance = Self.sandwich(transition, covariance)
        let loss = Self.lossChance.kelvin + Self.lossChance.percent * max(0, strength)
        let change = Self.strengthChance * max(strength, strengthDeviation)
        covariance[State.sensed][State.sensed] += Self.sensedChance * Self.sensedChance
        covariance[State.air][State.air] += Self.airChance * Self.airChance
        covariance[State.loss][State.loss] += loss * loss
        covariance[State.strength][State.strength] += change * change
    }

    private mutating func correct(_ celsius: Double, learns: Bool) {
        let variance = covariance[State.sensed][State.sensed] + Dynamics.measurementVariance
        guard variance.isFinite, variance > 0 else { return }
        error = celsius - state[State.sensed]
        surprise = min(error * error / variance, Self.largestSurprise) + log(variance)
        var gain = covariance[State.sensed] / variance
        if !learns { gain[State.strength] = 0 }
        state += gain * error
        // Joseph's form: valid for any gain, and never negative.
        let keep = (0..<State.count).map { row in
            var kept = Row.zero
            kept[row] = 1
            kept[State.sensed] -= gain[row]
            return kept
        }
        covariance = Self.sandwich(keep, covariance)
        for row in 0..<State.count { covariance[row] += gain[row] * Dynamics.measurementVariance * gain }
        keepStrengthPossible()
    }

    /// Raises a strength below the least possible one to it, since heat never cools, and adjusts all other states to
    /// their most likely values given that (projection of the estimate on the bound: Simon, "Kalman filtering with
    /// state constraints", IET Control Theory and Applications 4, 2010).
    private mutating func keepStrengthPossible() {
        let variance = covariance[State.strength][State.strength]
        guard strength < Self.weakest, variance > 0 else { return }
        state += covariance[State.strength] * ((Self.weakest - strength) / variance)
    }

    /// The limit of the evidence that a single minute can give against a kind of room.
    private static let largestSurprise = 25.0

    /// Raises the temperature of the whole room at once.
    mutating func shift(by kelvin: Double) {
        state[State.sensed] += kelvin
        state[State.air] += kelvin
    }

    /// Returns the opening for the valve, 0…100 %: what holds the room at its target, plus what brings air and emitter
    /// back with two lags, one of which is the emitter's own if that is shorter (pole placement, as in
    /// `RoomController`).
    func opening(for targetCelsius: Double, closedLoopSeconds: Double) -> Double {
        guard strength > 0 else { return 0 }
        // The less is known of the strength, the more cautious the control (Åström and Wittenmark, "Adaptive Control",
        // 1995, 7.4).
        let cautious = strength + strengthDeviation * strengthDeviation / strength
        let holding = state[State.loss] / strength + Self.percentPerKelvin * (targetCelsius - startCelsius)
        let held = holding.limited(to: 0...100, else: 0)
        let (first, second) = (closedLoopSeconds / 60, min(closedLoopSeconds / 60, kind.emitterMinutes))
        let airShare = kind.emitterMinutes / (first * second)
        let emitterShare = kind.emitterMinutes * (1 / first + 1 / second) - 1
        let warmth = emitter + state[State.remainder] / cautious
        let wanted =
            held + airShare * (targetCelsius - state[State.air]) / cautious + emitterShare * (held - warmth)
        return wanted.limited(to: 0...100, else: 0)
    }

    /// Returns `matrix · symmetric · matrixᵀ`.
    private static func sandwich(_ matrix: [Row], _ symmetric: [Row]) -> [Row] {
        let half = matrix.map { row in (0..<State.count).reduce(Row.zero) { $0 + row[$1] * symmetric[$1] } }
        return matrix.map { row in
            var result = Row.zero
            for column in 0..<State.count { result[column] = (row * half[column]).sum() }
            return result
        }
    }
}
