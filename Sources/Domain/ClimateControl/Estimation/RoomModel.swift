/// A small model of a heated room that follows the measurements: its state, the inputs that warm it, and its future.
///
/// Water warms the radiator, the radiator the air, and the air the sensors: three lags in a row. Everything slower
/// (walls, weather) or unknown (sun, appliances) is one wandering base temperature:
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
/// makes the fit valid even though the loop is closed (Ljung, "System Identification", 1999, chapter 13).
struct RoomModel: Sendable {
    /// The length of a step, s.
    static let stepSeconds = 60.0

    /// The known inputs to a room during a step.
    struct Inputs: Sendable {
        /// The opening of the valve, %.
        var openPercent: Double
        /// 1 while someone is in the room, else 0.
        var presence: Double
        /// The outdoor temperature less the first one seen, K.
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
    /// The parts driven by opening, presence and outdoor temperature, in this order.
    private var driven: [Chain]
    private(set) var strengths: InputStrengths
    private(set) var inputs: Inputs
    /// The presence, smoothed so that only lasting presence counts in full.
    private var lastingPresence: Double
    /// The number of minutes for which the room has been followed.
    private var minutes = 0
    /// The number of minutes in which errors come from the time before the room was met.
    private static let settlingMinutes = 20

    /// Creates a room as it is first met: at `celsius`, with the valve at `openPercent` for some time.
    init(celsius: Double, inputs: Inputs, strengths: InputStrengths) {
        measured = Chain(sensed: celsius, air: celsius, heat: 0, base: celsius)
        // The heat already in the room is missing from the base.
        driven = [Chain(heat: inputs.openPercent, base: -inputs.openPercent), Chain(), Chain()]
        if inputs.presence > 0 { driven[1].base = -inputs.presence }
        if inputs.outdoorKelvin != 0 { driven[2].base = -inputs.outdoorKelvin }
        self.strengths = strengths
        self.inputs = inputs
        lastingPresence = inputs.presence
    }

    /// Advances one minute with these inputs, at the end of which the sensors show `celsius`; `nil` while they report
    /// nothing.
    ///
    /// - Parameter learns: Whether the prediction error may change the strengths. Pass `false` during events that the
    ///   model does not know.
    /// - Returns: Whether the radiator has turned out to be far stronger than assumed.
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

    /// Raises the temperature of the whole room at once: sensors were exchanged, or conditions changed abruptly.
    mutating func shift(by kelvin: Double) {
        measured.sensed += kelvin
        measured.air += kelvin
        measured.base += kelvin
    }

    /// Sets the air to the sensors' value and leaves all other states as they are, for events that pass without a
    /// trace.
    mutating func align(to celsius: Double) {
        let present = state
        measured.sensed += celsius - present.sensed
        measured.air += celsius - present.air
    }

    /// Sets the effect of a percent of opening to a value learned elsewhere, K.
    mutating func adopt(openingStrength: Double) {
        strengths.adopt(opening: openingStrength)
    }

    private var state: Chain {
        zip(strengths.values, driven).reduce(measured) { $0 + ($1.0, $1.1) }
    }

    /// The temperature that the sensors should show now, °C.
    var sensedCelsius: Double { state.sensed }
    /// The air's temperature, which the sensors will show in some minutes, °C.
    var airCelsius: Double { state.air }
    /// The amount by which the radiator warms the air, once the air has taken it up, K.
    var heatKelvin: Double { state.heat }
    /// The temperature that the air would approach without any heat, as far as that lasts, °C: people who have just
    /// come in may have left again before a valve that made way for them has any effect.
    var baseCelsius: Double {
        state.base + strengths.presence * lastingPresence + strengths.outdoor * inputs.outdoorKelvin
    }
    /// The warming of the air for each percent of opening, K.
    var kelvinPerPercent: Double { strengths.opening }
}
