/// A small model of a heated room that follows what is measured: what the room is like, what warms it, and what it will
/// do.
///
/// Water takes its time to warm the radiator, the radiator to warm the air, the air to warm the sensors: three lags in
/// a row. All that is slower (walls, weather) or unknown (sun, appliances) is one base temperature that wanders:
///
///     heat'   = (opening − heat) / radiatorSeconds           in %
///     air'    = (base + g·heat + Σ effects − air) / airSeconds
///     sensed' = (air − sensed) / sensorSeconds
///     base'   = chance
///
/// A Kalman filter (Kalman, 1960) follows the four. How strong the radiator is (`g`, K per % of opening), how much
/// present people warm the air and how far it follows the outdoor temperature is fitted by recursive least squares on
/// the filter's own prediction errors. Because everything is linear, the filter splits into one part that sees only the
/// measurements and one for each input that sees only this input (Friedland, "Treatment of bias in recursive
/// filtering", IEEE Trans. AC 14, 1969): the prediction error is then exactly linear in the unknown strengths, which
/// makes the fit right even though the loop is closed (Ljung, "System Identification", 1999, chapter 13).
struct RoomModel: Sendable {
    /// It lives in steps of a minute.
    static let stepSeconds = 60.0

    /// What is known to work on the room during a step.
    struct Inputs: Sendable {
        /// How far the valve is open, in %.
        var openPercent: Double
        /// 1 while someone is there, else 0.
        var presence: Double
        /// Outdoor temperature less the one first seen, in K.
        var outdoorKelvin: Double
    }

    /// The filter's states for one of its parts.
    struct Chain: Sendable, Hashable {
        var sensed = 0.0
        var air = 0.0
        var heat = 0.0
        var base = 0.0

        fileprivate mutating func predict(heatInput: Double, airInput: Double) {
            let rates = Dynamics.rates
            sensed += rates.sensor * (air - sensed)
            air += rates.air * (base + heat + airInput - air)
            heat += rates.radiator * (heatInput - heat)
        }

        fileprivate mutating func correct(by error: Double) {
            let gain = Dynamics.gain
            sensed += gain[0] * error
            air += gain[1] * error
            heat += gain[2] * error
            base += gain[3] * error
        }

        static func + (left: Chain, right: (strength: Double, chain: Chain)) -> Chain {
            let (strength, chain) = right
            return Chain(
                sensed: left.sensed + strength * chain.sensed, air: left.air + strength * chain.air,
                heat: left.heat + strength * chain.heat, base: left.base + strength * chain.base)
        }
    }

    private var measured: Chain
    /// By opening, presence, outdoor temperature.
    private var driven: [Chain]
    private(set) var strengths: InputStrengths
    private(set) var inputs: Inputs
    /// Presence, as far as it has lasted.
    private var lastingPresence: Double
    /// For how many minutes the room has been followed.
    private var minutes = 0
    /// Before, errors come from what was before.
    private static let settlingMinutes = 20

    /// The room as it is met: at `celsius`, with the valve at `openPercent` for some time.
    init(celsius: Double, inputs: Inputs, strengths: InputStrengths) {
        measured = Chain(sensed: celsius, air: celsius, heat: 0, base: celsius)
        // The heat that is there already is what the base has not got.
        driven = [Chain(heat: inputs.openPercent, base: -inputs.openPercent), Chain(), Chain()]
        if inputs.presence > 0 { driven[1].base = -inputs.presence }
        if inputs.outdoorKelvin != 0 { driven[2].base = -inputs.outdoorKelvin }
        self.strengths = strengths
        self.inputs = inputs
        lastingPresence = inputs.presence
    }

    /// One minute with these inputs, at the end of which the sensors say `celsius`; `nil` while they say nothing.
    ///
    /// - Parameter learns: Whether the prediction error may change the strengths: not while something happens that
    ///   the model knows nothing of.
    /// - Returns: Whether the radiator has turned out to be far stronger than was thought.
    @discardableResult
    mutating func step(inputs: Inputs, measuring celsius: Double?, learns: Bool) -> Bool {
        self.inputs = inputs
        minutes = min(minutes + 1, Self.settlingMinutes + 1)
        lastingPresence += Dynamics.rates.presence * (inputs.presence - lastingPresence)
        measured.predict(heatInput: 0, airInput: 0)
        driven[0].predict(heatInput: inputs.openPercent, airInput: 0)
        driven[1].predict(heatInput: 0, airInput: inputs.presence)
        driven[2].predict(heatInput: 0, airInput: inputs.outdoorKelvin)
        guard let celsius else { return false }
        let errors = driven.map(\.sensed)
        let bare = celsius - measured.sensed
        let isFarStronger =
            learns
            && strengths.learn(error: bare, regressors: errors, isSettled: minutes > Self.settlingMinutes)
        measured.correct(by: bare)
        for index in driven.indices { driven[index].correct(by: -errors[index]) }
        return isFarStronger
    }

    /// The whole room has become this much warmer at once: sensors were exchanged, or the world was.
    mutating func shift(by kelvin: Double) {
        measured.sensed += kelvin
        measured.air += kelvin
        measured.base += kelvin
    }

    /// Takes the air to be as the sensors say, and leaves the rest as it is: for what passes without a trace.
    mutating func align(to celsius: Double) {
        let present = state
        measured.sensed += celsius - present.sensed
        measured.air += celsius - present.air
    }

    /// Takes a percent of opening to be worth so much, in K: for what has been learned elsewhere.
    mutating func adopt(openingStrength: Double) {
        strengths.adopt(opening: openingStrength)
    }

    private var state: Chain {
        zip(strengths.values, driven).reduce(measured) { $0 + ($1.0, $1.1) }
    }

    /// What the sensors should say now, in °C.
    var sensedCelsius: Double { state.sensed }
    /// The air's temperature, which the sensors will say in some minutes, in °C.
    var airCelsius: Double { state.air }
    /// How much warmer the radiator makes the air, once the air has taken it up, in K.
    var heatKelvin: Double { state.heat }
    /// Where the air would go without any heat, in °C, as far as that lasts: people who have just come in may be gone
    /// again before a valve that made way for them has any effect.
    var baseCelsius: Double {
        state.base + strengths.presence * lastingPresence + strengths.outdoor * inputs.outdoorKelvin
    }
    /// How much warmer the air becomes for each percent of opening, in K.
    var kelvinPerPercent: Double { strengths.opening }
}
