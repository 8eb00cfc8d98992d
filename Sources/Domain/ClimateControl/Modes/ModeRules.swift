import Building
import CivilTime

/// The rules that determine a room's mode and the temperature it means.
///
/// Requests from people take precedence, then the schedule, then presence. A temperature set while the room saves
/// energy applies until that set-point ends; one without an end applies until the room would be heated anyway, but at
/// most for some hours.
struct ModeRules: Sendable {
    /// The maximum duration of a boost.
    static let longestBoost = Duration.seconds(4 * 3600)
    /// The maximum time for which a set-point without an end takes precedence over eco.
    static let longestHold = Duration.seconds(4 * 3600)
    /// The amount by which a boost exceeds the set-point, K.
    static let boostAboveKelvin = 1.0

    /// The mode of a room at a moment, with its target.
    struct Outcome: Sendable {
        var mode: RoomMode
        /// The temperature to regulate for, °C.
        var targetCelsius: Double
        /// The reason for any mode but plain comfort; `nil` for comfort.
        var cause: ControlReason.Cause?
    }

    let settings: RoomClimateSettings
    private(set) var request = ModeRequest.automatic
    private var boostEnd: Duration?
    var optimumStart = OptimumStart()
    private var presence = Presence()
    /// The end of the time in which a set-point takes precedence over eco.
    private var holdEnd: Duration?

    init(settings: RoomClimateSettings) {
        self.settings = settings
    }

    /// Changes the requested mode.
    mutating func ask(_ request: ModeRequest, at time: Duration) {
        self.request = request
        boostEnd = nil
        if case .boost(let seconds) = request {
            boostEnd = time + .seconds(seconds.limited(to: 0...Self.longestBoost.inSeconds, else: 0))
        }
    }

    /// Notes that someone has set a temperature.
    mutating func hold(at time: Duration) { holdEnd = time + Self.longestHold }

    /// Notes that the temperature someone set no longer applies.
    mutating func letGo() { holdEnd = nil }

    /// Takes a reading of the life-being sensor.
    mutating func observe(isOccupied: Bool, at time: Duration) {
        presence.observe(isOccupied: isOccupied, at: time)
    }

    /// Returns whether someone is in the room; `nil` while this is unknown.
    func isOccupied(at time: Duration) -> Bool? {
        presence.isOccupied(at: time)
    }

    /// Returns the mode and target at `time`.
    ///
    /// - Parameter celsius: The room's temperature; `nil` if unknown.
    /// - Parameter calendar: The calendar time; `nil` while it is not trusted, in which case the schedule means
    ///   comfort.
    /// - Parameter setpointHasEnd: Whether the set-point was set until a certain time.
    mutating func outcome(
        at time: Duration, calendar: Timestamp?, celsius: Double?, setpointCelsius: Double, setpointHasEnd: Bool = false
    ) -> Outcome {
        if let boostEnd, time >= boostEnd { ask(.automatic, at: time) }
        let frost = settings.frostTargetCelsius
        let comfort = Outcome(mode: .comfort, targetCelsius: max(setpointCelsius, frost), cause: nil)
        let eco = max(frost, min(settings.ecoCelsius, setpointCelsius))
        switch request {
        case .comfort: return comfort
        case .eco: return Outcome(mode: .eco, targetCelsius: eco, cause: .ecoRequested)
        case .off: return Outcome(mode: .off, targetCelsius: frost, cause: .off)
        case .frostProtection:
            return Outcome(mode: .frostProtection, targetCelsius: frost, cause: .frostProtectionRequested)
        case .boost:
            let left = ControlReason.Span((boostEnd ?? time) - time)
            return Outcome(
                mode: .boost, targetCelsius: max(frost, setpointCelsius + Self.boostAboveKelvin),
                cause: .boost(left: left))
        case .automatic: break
        }
        let offSchedule = settings.schedule.flatMap { schedule in
            calendar.flatMap { schedule.isComfort(at: $0) ? nil : (schedule, $0) }
        }
        let absence = settings.ecoAfter.flatMap { limit in presence.absence(at: time).flatMap { $0 >= limit ? $0 : nil }
        }
        let saving: ControlReason.Saving? =
            offSchedule != nil ? .schedule : absence.map { .absence(ControlReason.Span($0)) }
        guard let saving else {
            letGo()
            if let celsius { optimumStart.follow(celsius: celsius, goalCelsius: setpointCelsius, at: time) }
            return comfort
        }
        if setpointHasEnd || holdEnd.map({ time < $0 }) == true {
            optimumStart.stop()
            return Outcome(mode: .comfort, targetCelsius: comfort.targetCelsius, cause: .setDespite(saving))
        }
        guard let (schedule, calendar) = offSchedule else {
            if let celsius { optimumStart.follow(celsius: celsius, goalCelsius: setpointCelsius, at: time) }
            return Outcome(mode: .eco, targetCelsius: eco, cause: .eco(saving))
        }
        if let next = schedule.nextStart(after: calendar), let celsius {
            let left = Duration.milliseconds(next.millisecondsSince1970 - calendar.millisecondsSince1970)
            if optimumStart.isDue(timeLeft: left, celsius: celsius, goalCelsius: setpointCelsius) {
                let clock = ControlReason.ClockTime(secondOfDay: schedule.calendar.wall(next).second)
                optimumStart.follow(celsius: celsius, goalCelsius: setpointCelsius, at: time)
                return Outcome(
                    mode: .preheat, targetCelsius: comfort.targetCelsius, cause: .preheating(for: clock))
            }
        }
        optimumStart.stop()
        return Outcome(mode: .eco, targetCelsius: eco, cause: .eco(saving))
    }
}

/// The presence of people, as reported by the life-being sensor.
struct Presence: Sendable {
    /// The time after which a silent sensor no longer counts.
    private static let memory = Duration.seconds(3600)

    private var isOccupied = false
    private var lastHeard: Duration?
    private var emptySince: Duration?

    mutating func observe(isOccupied: Bool, at time: Duration) {
        self.isOccupied = isOccupied
        if isOccupied {
            emptySince = nil
        } else if emptySince == nil || isForgotten(at: time) {
            emptySince = time
        }
        lastHeard = time
    }

    func isOccupied(at time: Duration) -> Bool? {
        isForgotten(at: time) ? nil : isOccupied
    }

    /// Returns the time for which nobody has been in the room; `nil` if someone is, or if presence is unknown.
    func absence(at time: Duration) -> Duration? {
        guard !isForgotten(at: time), let emptySince else { return nil }
        return time - emptySince
    }

    private func isForgotten(at time: Duration) -> Bool {
        guard let lastHeard else { return true }
        return time - lastHeard > Self.memory
    }
}
