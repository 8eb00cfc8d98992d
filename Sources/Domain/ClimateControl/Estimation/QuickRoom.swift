import Foundation

/// A room that follows its valve more quickly than ordinary ones do: a single mass that its emitter heats.
///
///     emitter' = (opening − emitter) / emitterMinutes                          in %
///     air'     = strength · (emitter − warmer air's share) + remainder − loss   in K per minute
///     sensed'  = (air − sensed) / sensorMinutes
///
/// The room's loss, the worth of a percent of the emitter, and the remainder from before the room was met are unknown.
/// They are states of one Kalman filter beside air and sensors, which knows how far each of them is in doubt and
/// how they hang together (joint estimation of states and parameters: Ljung, "System Identification", 1999, section
/// 10.5). It is linear, since the emitter follows from the opening alone. So it knows within minutes how strong the
/// emitter is, and where the valve has to be for the room to stay.
struct QuickRoom: Sendable {
    /// Which of such rooms it is.
    struct Kind: Sendable {
        /// How long the emitter takes to warm up.
        var emitterMinutes: Double
        /// How long the sensors take to follow the air.
        var sensorMinutes: Double
    }

    /// A vector over the states: the first five of eight count.
    private typealias Row = SIMD8<Double>
    private enum State { static let sensed = 0, air = 1, loss = 2, strength = 3, remainder = 4, count = 5 }

    /// What a percent of opening is thought to be worth in a room that is met for the first time, in K per minute, and its
    /// standard deviation: from ordinary rooms, 0.0005, to the lightest one behind the largest emitter, 0.13.
    private static let startStrength = (mean: 0.01, deviation: 0.04)
    /// What it is worth at least: less than in most ordinary rooms.
    private static let weakest = 0.0003
    /// How far the opening that holds the room is in doubt then, and the emitter's warmth, in %.
    private static let startDoubtPercent = 15.0
    /// How far a strength that was learned before a restart is in doubt: as a share, and in K per minute, since it may
    /// have been learned for some minutes only.
    private static let knownDoubt = (share: 0.3, kelvin: 0.005)
    /// What changes by chance within a minute, as standard deviations in K…
    private static let sensedChance = 0.003
    private static let airChance = 0.01
    /// …of the loss in K per minute, and in % of opening where a percent is worth more…
    private static let lossChance = (kelvin: 0.0005, percent: 0.3)
    /// …and of the strength as a share.
    private static let strengthChance = 0.004
    /// By how many percent more the valve has to be open to hold a room that is a kelvin warmer: a hundredth of what an
    /// emitter of six times the load can do, 6 · 32 K, is worth a percent.
    private static let percentPerKelvin = 100 / (6 * 32.0)

    let kind: Kind
    private var state: Row
    private var covariance: [Row]
    /// How warm the emitter is, in % of its full power.
    private var emitter: Double
    private let startCelsius: Double
    /// By how much the last measurement differed from its prediction, in K.
    private(set) var error = 0.0
    /// How unlikely that was: minus twice the logarithm of its likelihood, but for a constant.
    private(set) var surprise = 0.0

    /// The room as it is met, at `celsius` and with the valve at `openPercent` for some time.
    ///
    /// The valve may have been anywhere until now, also before a restart, which does not remember how warm the emitter is.
    ///
    /// - Parameter strength: What was learned before of a percent of opening, in K per minute; `nil` in a room that is met
    ///   for the first time.
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
        // Whatever the strength is, about this opening held the room: strength and loss are in doubt together.
        let variance = deviation * deviation
        let doubt = Self.startDoubtPercent * Self.startDoubtPercent * (variance + mean * mean)
        covariance[State.strength][State.strength] = variance
        covariance[State.loss][State.strength] = openPercent * variance
        covariance[State.strength][State.loss] = openPercent * variance
        covariance[State.loss][State.loss] = openPercent * openPercent * variance + doubt
        covariance[State.remainder][State.remainder] = doubt
    }

    /// What a percent of opening is worth, in K per minute.
    var strength: Double { state[State.strength] }
    /// What it is worth at least, but for one case in 160.
    var leastStrength: Double { strength - 2.5 * strengthDeviation }
    /// What the sensors should say now, in °C.
    var sensedCelsius: Double { state[State.sensed] }

    private var strengthDeviation: Double { max(0, covariance[State.strength][State.strength]).squareRoot() }

    /// One minute with the valve at `openPercent`, at the end of which the sensors say `celsius`; `nil` while they say
    /// nothing.
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
        // Joseph's form: right for any gain, and never negative.
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

    /// Heat never cools: takes a strength below the least that there is for that one, and all else for what it is likely to
    /// be then (the projection of the estimate on the bound: Simon, "Kalman filtering with state constraints", IET Control
    /// Theory and Applications 4, 2010).
    private mutating func keepStrengthPossible() {
        let variance = covariance[State.strength][State.strength]
        guard strength < Self.weakest, variance > 0 else { return }
        state += covariance[State.strength] * ((Self.weakest - strength) / variance)
    }

    /// No single minute says more than this against a kind of room.
    private static let largestSurprise = 25.0

    /// The whole room has become this much warmer at once, or is taken to be.
    mutating func shift(by kelvin: Double) {
        state[State.sensed] += kelvin
        state[State.air] += kelvin
    }

    /// How far the valve should be open, in %, 0…100: what holds the room at its target, and what brings air and emitter back
    /// as by two lags, of which one is the emitter's own where that is the shorter (pole placement, as in
    /// `RoomController`).
    func opening(for targetCelsius: Double, closedLoopSeconds: Double) -> Double {
        guard strength > 0 else { return 0 }
        // The less is known of the strength, the more cautious (Åström and Wittenmark, "Adaptive Control", 1995, 7.4).
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

    /// `matrix · symmetric · matrixᵀ`.
    private static func sandwich(_ matrix: [Row], _ symmetric: [Row]) -> [Row] {
        let half = matrix.map { row in (0..<State.count).reduce(Row.zero) { $0 + row[$1] * symmetric[$1] } }
        return matrix.map { row in
            var result = Row.zero
            for column in 0..<State.count { result[column] = (row * half[column]).sum() }
            return result
        }
    }
}
