public import Building

/// Keeps one room at its set-point: takes what the sensors say, and decides how far the radiator valve is open.
///
/// It has no clock and does no I/O: every call says what time it is. Whatever is put in, the level is 0…100 %, and
/// nothing traps.
public struct RoomClimate: Sendable {
    /// What has to survive a restart.
    public struct Snapshot: Sendable, Hashable, Codable {
        /// The opening that lasting errors have built up, 0…100 %.
        public var integralPercent: Double
        /// The set-point in force, in °C.
        public var setpointCelsius: Double
        /// The level commanded last; `nil` where there was none.
        public var level: PercentOpen?

        public init(integralPercent: Double, setpointCelsius: Double, level: PercentOpen?) {
            self.integralPercent = integralPercent
            self.setpointCelsius = setpointCelsius
            self.level = level
        }
    }

    /// As given, with every value within its range.
    public let settings: RoomClimateSettings
    /// The set-point in force, in °C, 5…30.
    public private(set) var setpointCelsius: Double

    private var time: SteadyTime
    private var panel: SensorPanel
    private var smoothing: Smoothing
    private var controller: ProportionalIntegral
    private var valve: ValveCare
    private var lastDecision: Duration?

    /// - Parameter startedAt: The moment from which sensors may be missed.
    /// - Parameter snapshot: Where the room was left; its set-point wins over the settings' one.
    public init(settings: RoomClimateSettings, startedAt: MonotonicInstant, restoring snapshot: Snapshot? = nil) {
        let settings = settings.withinRange
        self.settings = settings
        setpointCelsius = settings.setpointCelsius
        if let restored = snapshot?.setpointCelsius, RoomClimateSettings.setpointRange.contains(restored) {
            setpointCelsius = restored
        }
        time = SteadyTime(startedAt: startedAt)
        panel = SensorPanel(configured: settings.configuredSensors, plausibleCelsius: settings.plausibleCelsius)
        smoothing = Smoothing(timeConstant: settings.smoothing)
        controller = ProportionalIntegral(
            gainPercentPerKelvin: settings.proportionalPercentPerKelvin, integralTime: settings.integralTime,
            integralPercent: (snapshot?.integralPercent ?? settings.initialIntegralPercent)
                .limited(to: 0...100, else: settings.initialIntegralPercent))
        valve = ValveCare(settings: settings, commanded: snapshot?.level)
    }

    public var snapshot: Snapshot {
        Snapshot(
            integralPercent: controller.integralPercent, setpointCelsius: setpointCelsius, level: valve.commanded)
    }

    /// Takes one temperature reading.
    @discardableResult
    public mutating func observe(sensor: String, celsius: Double, at instant: MonotonicInstant) -> Observation {
        panel.observe(sensor: sensor, celsius: celsius, at: time.advance(to: instant))
    }

    /// Changes the set-point, in °C. Refuses what lies outside 5…30 and returns false; then nothing has changed.
    public mutating func setSetpoint(_ celsius: Double) -> Bool {
        guard RoomClimateSettings.setpointRange.contains(celsius) else { return false }
        setpointCelsius = celsius
        return true
    }

    /// What the valve should do now.
    ///
    /// `nil` from the start until a first sensor is usable or `stalenessLimit` has passed: until then nothing is known
    /// about the room, and its valve is best left as it is.
    public mutating func decide(at instant: MonotonicInstant) -> Decision? {
        let now = time.advance(to: instant)
        panel.forgetTheSilent(at: now)
        let values = panel.usable(at: now, stalenessLimit: settings.stalenessLimit)
        guard let verdict = Verdict(of: values) else { return decideBlind(at: now) }
        return decide(on: verdict, at: now)
    }

    private mutating func decide(on verdict: Verdict, at now: Duration) -> Decision {
        let elapsed = now - (lastDecision ?? now)
        lastDecision = now
        let celsius = smoothing.average(verdict.celsius, elapsed: elapsed)
        let error = setpointCelsius - celsius
        var wanted = PercentOpen(clamping: controller.output(errorKelvin: error, elapsed: elapsed))
        let isTooWarm = error <= -settings.shutAboveKelvin
        let isFreezing = verdict.celsius < settings.frostCelsius
        if isTooWarm { wanted = .shut }
        if isFreezing { wanted = max(wanted, settings.frostLevel) }

        let isNew: Bool
        let level: PercentOpen
        (level, isNew) = command(wanted, at: now, mustMove: isTooWarm || isFreezing)
        return Decision(
            level: level, isNew: isNew, temperatureCelsius: verdict.celsius, setpointCelsius: setpointCelsius,
            quality: verdict.quality(expecting: panel.expectedCount),
            reason: isFreezing
                ? Wording.frost(celsius: verdict.celsius)
                : Wording.regulating(level: level, errorKelvin: error, setpointCelsius: setpointCelsius))
    }

    /// Without any usable sensor the valve stays as it is for a while, then goes to its fail-safe level.
    private mutating func decideBlind(at now: Duration) -> Decision? {
        // What the room did in the meantime is unknown: neither the error nor its average may be carried across.
        lastDecision = nil
        smoothing.reset()
        let silence = now - (panel.lastPlausible ?? .zero)
        let level: PercentOpen
        let isNew: Bool
        let reason: String
        if silence >= settings.stalenessLimit {
            (level, isNew) = command(settings.failSafeLevel, at: now, mustMove: true)
            reason = Wording.failSafe(silence: silence)
        } else {
            guard panel.lastPlausible != nil, let commanded = valve.commanded else { return nil }
            (level, isNew) = (commanded, false)
            reason = Wording.waiting(silence: silence, limit: settings.stalenessLimit)
        }
        return Decision(
            level: level, isNew: isNew, temperatureCelsius: nil, setpointCelsius: setpointCelsius, quality: .failed,
            reason: reason)
    }

    private mutating func command(_ wanted: PercentOpen, at now: Duration, mustMove: Bool) -> (PercentOpen, Bool) {
        let previous = valve.commanded
        let level = valve.level(wanted: wanted, at: now, mustMove: mustMove)
        return (level, level != previous)
    }
}
