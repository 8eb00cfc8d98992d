import Building

/// Which mode a room is in, and which temperature that means.
///
/// What people ask for goes first, then the schedule, then presence. Whoever sets a temperature while the room saves gets it,
/// until the set-point ends; one without an end until the room would be heated anyway, for some hours at most.
struct ModeRules: Sendable {
    static let longestBoost = Duration.seconds(4 * 3600)
    /// So long a set-point without an end goes before eco.
    static let longestHold = Duration.seconds(4 * 3600)
    /// How far a boost goes above the set-point, in K.
    static let boostAboveKelvin = 1.0

    struct Outcome: Sendable {
        var mode: RoomMode
        /// What to regulate for, in °C.
        var targetCelsius: Double
        /// Why it is not plain comfort; `nil` where it is.
        var cause: String?
    }

    let settings: RoomClimateSettings
    private(set) var request = ModeRequest.automatic
    private var boostEnd: Duration?
    var optimumStart = OptimumStart()
    private var presence = Presence()
    /// Until when a set-point goes before eco.
    private var holdEnd: Duration?

    init(settings: RoomClimateSettings) {
        self.settings = settings
    }

    mutating func ask(_ request: ModeRequest, at time: Duration) {
        self.request = request
        boostEnd = nil
        if case .boost(let seconds) = request {
            boostEnd = time + .seconds(seconds.limited(to: 0...Self.longestBoost.inSeconds, else: 0))
        }
    }

    /// Someone has set a temperature.
    mutating func hold(at time: Duration) { holdEnd = time + Self.longestHold }

    /// What someone set is over.
    mutating func letGo() { holdEnd = nil }

    mutating func observe(isOccupied: Bool, at time: Duration) {
        presence.observe(isOccupied: isOccupied, at: time)
    }

    /// Whether someone is there; `nil` while nobody knows.
    func isOccupied(at time: Duration) -> Bool? {
        presence.isOccupied(at: time)
    }

    /// - Parameter celsius: The room, as far as known.
    /// - Parameter calendar: `nil` while it is not trusted: then the schedule holds comfort.
    /// - Parameter setpointHasEnd: Whether someone set it until a time.
    mutating func outcome(
        at time: Duration, calendar: Timestamp?, celsius: Double?, setpointCelsius: Double, setpointHasEnd: Bool = false
    ) -> Outcome {
        if let boostEnd, time >= boostEnd { ask(.automatic, at: time) }
        let frost = settings.frostTargetCelsius
        let comfort = Outcome(mode: .comfort, targetCelsius: max(setpointCelsius, frost), cause: nil)
        let eco = max(frost, min(settings.ecoCelsius, setpointCelsius))
        switch request {
        case .comfort: return comfort
        case .eco: return Outcome(mode: .eco, targetCelsius: eco, cause: "eco asked for")
        case .off: return Outcome(mode: .off, targetCelsius: frost, cause: "off")
        case .frostProtection:
            return Outcome(mode: .frostProtection, targetCelsius: frost, cause: "frost protection asked for")
        case .boost:
            let left = Wording.span((boostEnd ?? time) - time)
            return Outcome(
                mode: .boost, targetCelsius: max(frost, setpointCelsius + Self.boostAboveKelvin),
                cause: "boost, \(left) left")
        case .automatic: break
        }
        let offSchedule = settings.schedule.flatMap { schedule in
            calendar.flatMap { schedule.isComfort(at: $0) ? nil : (schedule, $0) }
        }
        let absence = settings.ecoAfter.flatMap { limit in presence.absence(at: time).flatMap { $0 >= limit ? $0 : nil }
        }
        let saving =
            offSchedule != nil ? "eco by the schedule" : absence.map { "eco: nobody here for \(Wording.span($0))" }
        guard let saving else {
            letGo()
            if let celsius { optimumStart.follow(celsius: celsius, goalCelsius: setpointCelsius, at: time) }
            return comfort
        }
        if setpointHasEnd || holdEnd.map({ time < $0 }) == true {
            optimumStart.stop()
            return Outcome(mode: .comfort, targetCelsius: comfort.targetCelsius, cause: "as set, in place of \(saving)")
        }
        guard let (schedule, calendar) = offSchedule else {
            if let celsius { optimumStart.follow(celsius: celsius, goalCelsius: setpointCelsius, at: time) }
            return Outcome(mode: .eco, targetCelsius: eco, cause: saving)
        }
        if let next = schedule.nextStart(after: calendar), let celsius {
            let left = Duration.milliseconds(next.millisecondsSince1970 - calendar.millisecondsSince1970)
            if optimumStart.isDue(timeLeft: left, celsius: celsius, goalCelsius: setpointCelsius) {
                let clock = LocalTime(of: next, in: schedule.timeZone).text
                optimumStart.follow(celsius: celsius, goalCelsius: setpointCelsius, at: time)
                return Outcome(
                    mode: .preheat, targetCelsius: comfort.targetCelsius, cause: "pre-heating for \(clock)")
            }
        }
        optimumStart.stop()
        return Outcome(mode: .eco, targetCelsius: eco, cause: saving)
    }
}

/// What the life-being sensor says.
struct Presence: Sendable {
    /// A sensor that is silent for longer says nothing about anyone.
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

    /// How long nobody has been there; `nil` where someone is, or nobody knows.
    func absence(at time: Duration) -> Duration? {
        guard !isForgotten(at: time), let emptySince else { return nil }
        return time - emptySince
    }

    private func isForgotten(at time: Duration) -> Bool {
        guard let lastHeard else { return true }
        return time - lastHeard > Self.memory
    }
}
