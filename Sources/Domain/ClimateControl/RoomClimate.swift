package import Building

/// Keeps one room at its set-point: takes what the sensors say, and decides how far the radiator valve is open.
///
/// It has no clock and does no I/O: every call says what time it is. Whatever is put in, the level is 0…100 %, and
/// nothing traps.
package struct RoomClimate: Sendable {
    /// As given, with every value within its range.
    package let settings: RoomClimateSettings

    private var time: ElapsedTime
    private var panel: SensorPanel
    private var rules: ModeRules
    private var tracker: RoomEstimator
    private var window = WindowWatch()
    private var windowOpenedAt: Timestamp?
    private var valve: ValveMoveLimiter
    private var exercise: ValveExercise
    private var chosen: Setpoint?
    private var chosenMode: ModeChoice?
    /// Whether someone has changed the set-point since the last decision.
    private var isSetpointNew = false
    /// Whether someone has set it since then, be it to what it was.
    private var isDesired = false
    /// When the room's temperature was known last.
    private var lastKnown: Duration?
    /// Whether nothing is known yet of how strong the radiator is.
    private let isUnacquainted: Bool
    /// Since when the valve has been shut.
    private var shutSince: Duration?
    /// Whether it is shut because the room is far too warm.
    private var isShutForWarmth = false

    /// - Parameter startedAt: The moment from which sensors may be missed.
    /// - Parameter snapshot: Where the room was left; its set-point wins over the settings' one.
    package init(settings: RoomClimateSettings, startedAt: MonotonicInstant, restoring snapshot: Snapshot? = nil) {
        let settings = settings.withinRange
        self.settings = settings
        time = ElapsedTime(startedAt: startedAt)
        panel = SensorPanel(
            configured: settings.configuredSensors, plausibleCelsius: settings.plausibleCelsius,
            stalenessLimit: settings.stalenessLimit, offsets: snapshot?.offsets ?? [:])
        rules = ModeRules(settings: settings)
        rules.optimumStart = snapshot?.minutesPerKelvin.map(OptimumStart.init) ?? OptimumStart()
        let strengths = InputStrengths(known: snapshot?.strengths)
        // A snapshot from before anything was learned knows no more than none.
        isUnacquainted = snapshot?.strengths == nil || strengths.values == InputStrengths().values
        tracker = RoomEstimator(
            strengths: isUnacquainted ? InputStrengths() : strengths, isAcquainted: !isUnacquainted)
        valve = ValveMoveLimiter(settings: settings, commanded: snapshot?.level)
        exercise = ValveExercise(
            at: .zero, age: .seconds((snapshot?.exerciseAgeHours ?? 0).limited(to: 0...1000, else: 0) * 3600))
        if let setpoint = snapshot?.setpoint, setpoint.isAllowed { chosen = setpoint }
        switch snapshot?.request {
        case .off, .frostProtection, .comfort, .eco:
            rules.ask(snapshot?.request ?? .automatic, at: .zero)
            if let mode = snapshot?.modeChoice, mode.request == rules.request { chosenMode = mode }
        case .automatic, .boost, nil: break
        }
    }

    /// The set-point in force and where it comes from.
    package var setpoint: Setpoint {
        chosen ?? Setpoint(celsius: settings.setpointCelsius, source: .configuration)
    }

    /// The set-point in force, in °C, 5…30.
    package var setpointCelsius: Double { setpoint.celsius }

    /// What people want of the room.
    package var request: ModeRequest { rules.request }

    /// The same with its history.
    package var modeChoice: ModeChoice {
        chosenMode ?? ModeChoice(request: rules.request, source: .configuration)
    }

    /// Whether someone is there, as the life-being sensor says; `nil` where none has spoken within the last hour.
    package var isOccupied: Bool? { rules.isOccupied(at: time.elapsed) }

    /// The outdoor temperature, in °C; `nil` where nobody has said it within the last three hours.
    package var outdoorCelsius: Double? { tracker.outdoorCelsius(at: time.elapsed) }

    package var snapshot: Snapshot {
        var snapshot = Snapshot(setpoint: chosen, level: valve.commanded)
        snapshot.request = rules.request == .automatic ? nil : rules.request
        snapshot.modeChoice = chosenMode
        snapshot.strengths = tracker.strengths.values.map { $0.rounded(toDecimals: 4) }
        snapshot.offsets = panel.offsets
        snapshot.minutesPerKelvin = rules.optimumStart.minutesPerKelvin.rounded(toDecimals: 1)
        snapshot.exerciseAgeHours = (exercise.age(at: time.elapsed).inSeconds / 3600).rounded()
        return snapshot
    }

    /// Takes one temperature reading.
    @discardableResult
    package mutating func observe(sensor: String, celsius: Double, at instant: MonotonicInstant) -> Observation {
        panel.observe(sensor: sensor, celsius: celsius, at: time.advance(to: instant))
    }

    /// Takes what the life-being sensor says.
    package mutating func observe(isOccupied: Bool, at instant: MonotonicInstant) {
        rules.observe(isOccupied: isOccupied, at: time.advance(to: instant))
    }

    /// Takes the outdoor temperature, in °C. What lies outside −60…60 is left out.
    package mutating func observe(outdoorCelsius: Double, at instant: MonotonicInstant) {
        tracker.observe(outdoorCelsius: outdoorCelsius, at: time.advance(to: instant))
    }

    /// Changes the set-point. Refuses what its source may not ask for (guests 16…26 °C, others 5…30) and returns
    /// false; then nothing has changed. The configuration's takes back what anyone set.
    package mutating func set(_ setpoint: Setpoint) -> Bool {
        guard setpoint.isAllowed else { return false }
        let former = setpointCelsius
        chosen = setpoint.source == .configuration ? nil : setpoint
        isDesired = chosen != nil
        if chosen == nil { rules.letGo() }
        isSetpointNew = isSetpointNew || setpointCelsius != former
        return true
    }

    /// Changes the set-point for someone in the building, in °C. Refuses what lies outside 5…30.
    package mutating func setSetpoint(_ celsius: Double) -> Bool {
        set(Setpoint(celsius: celsius, source: .localOperator))
    }

    /// Changes what people want of the room.
    package mutating func ask(_ request: ModeRequest, at instant: MonotonicInstant) {
        rules.ask(request, at: time.advance(to: instant))
        chosenMode = nil
    }

    /// Changes what people want of the room, and remembers who wanted it and until when. `automatic` takes back what
    /// anyone chose.
    package mutating func choose(_ mode: ModeChoice, at instant: MonotonicInstant) {
        ask(mode.request, at: instant)
        if mode.request != .automatic { chosenMode = mode }
    }

    /// What the valve should do now.
    ///
    /// - Parameter calendar: What the calendar says, where it can be trusted. Without it the schedule holds comfort,
    ///   and set-points do not end.
    /// - Returns: `nil` from the start until a first sensor is usable or `stalenessLimit` has passed: until then
    ///   nothing is known about the room, and its valve is best left as it is.
    package mutating func decide(at instant: MonotonicInstant, calendar: Timestamp? = nil) -> Decision? {
        let now = time.advance(to: instant)
        if chosen?.hasEnded(at: calendar) == true {
            chosen = nil
            isSetpointNew = true
            rules.letGo()
        }
        if chosenMode?.hasEnded(at: calendar) == true { ask(.automatic, at: instant) }
        let isShutForLong = shutSince.map { now - $0 >= Self.coolingTime } ?? false
        panel.doubt(above: warmestCelsius, newly: isShutForLong, at: now)
        let fused = panel.fused(at: now)
        tracker.follow(
            fused?.celsius, openPercent: Double(valve.commanded?.percent ?? Int(settings.initialPercent)),
            isOccupied: rules.isOccupied(at: now) ?? false, isWindowOpen: window.openSince != nil, at: now)
        var situation = Situation(now: now, calendar: calendar, temperature: fused?.celsius, quality: .failed)
        situation.sensors = panel.sensors
        if let fused {
            lastKnown = now
            situation.quality = fused.quality
        } else if let doubted = panel.doubtedCelsius(at: now) {
            situation.doubted = doubted
        } else if let lastKnown, now - lastKnown <= settings.estimateLimit, let estimate = tracker.estimatedCelsius {
            situation.temperature = estimate
            situation.quality = .estimated
        } else if lastKnown == nil, now < settings.stalenessLimit {
            return nil
        }
        watchWindow(situation)
        return decide(situation)
    }

    /// What is known at the moment of a decision.
    private struct Situation {
        var now: Duration
        var calendar: Timestamp?
        var temperature: Double?
        var quality: Quality
        var sensors: [String: Quality] = [:]
        /// What the sensors say that no room can be, in °C.
        var doubted: Double?
    }

    private mutating func watchWindow(_ situation: Situation) {
        guard let celsius = situation.temperature, situation.quality < .estimated else { return }
        let wasOpen = window.openSince != nil
        window.observe(
            celsius, expected: tracker.formerlyExpectedCelsius,
            explainedKelvin: tracker.explainedFallKelvin(
                isSwinging: valve.isSwinging(at: situation.now), at: situation.now), at: situation.now)
        guard !wasOpen, window.openSince != nil else { return }
        windowOpenedAt = situation.calendar
        tracker.forgetTheLastMinutes()
    }

    private mutating func decide(_ situation: Situation) -> Decision {
        let now = situation.now
        if isDesired { rules.hold(at: now) }
        isDesired = false
        let outcome = rules.outcome(
            at: now, calendar: situation.calendar, celsius: situation.temperature, setpointCelsius: setpointCelsius,
            setpointHasEnd: chosen?.until != nil)
        // A boost ends by itself.
        if rules.request == .automatic { chosenMode = nil }
        var mode = outcome.mode
        let target = outcome.targetCelsius
        var wanted: PercentOpen
        var reason: String?
        var mustMove = false
        if let celsius = situation.temperature {
            wanted = PercentOpen(clamping: opening(for: target, celsius: celsius, at: now))
            if isUnacquainted { wanted = min(wanted, Self.mostOpening(at: now, isDesired: chosen != nil)) }
            if mode == .boost, celsius < target - 0.2 { wanted = PercentOpen(clamping: 100) }
            // Whoever has just changed the set-point is to see the valve follow.
            mustMove = isSetpointNew
            isShutForWarmth = isTooWarm(celsius, for: target)
            if isShutForWarmth {
                wanted = .shut
                mustMove = true
            }
        } else {
            wanted = blindLevel(mode: mode, doubted: situation.doubted)
            reason =
                situation.doubted.map {
                    Wording.impossible(
                        celsius: $0, setpointCelsius: setpointCelsius, outdoorCelsius: outdoorCelsius)
                } ?? Wording.failSafe(silence: now - (lastKnown ?? .zero))
            mustMove = true
        }
        if let openSince = window.openSince {
            mode = .windowOpen
            wanted = .shut
            mustMove = true
            reason = Wording.windowOpen(since: windowOpenedAt, span: now - openSince, zone: settings.timeZone)
        }
        let localHour = situation.calendar.map { LocalTime(of: $0, in: settings.timeZone).secondOfDay / 3600 }
        if let level = exercise.level(at: now, localHour: localHour) {
            wanted = level
            mustMove = true
            reason = Wording.exercise
        }
        if let celsius = situation.temperature {
            let isFreezing = celsius < settings.frostCelsius
            if isFreezing || frostFloor(celsius) > wanted { reason = Wording.frost(celsius: celsius) }
            wanted = max(wanted, frostFloor(celsius))
            mustMove = mustMove || isFreezing
        }
        isSetpointNew = false
        let error = target - (situation.temperature ?? target)
        let previous = valve.commanded
        let level = valve.level(
            wanted: wanted, at: now, isCalm: abs(error) < Self.calmKelvin, mustMove: mustMove,
            kelvinPerPercent: tracker.strengths.opening)
        shutSince = level == .shut ? shutSince ?? now : nil
        let usual = Wording.regulating(
            level: level, errorKelvin: error, targetCelsius: target, isSetpoint: target == setpointCelsius,
            cause: outcome.cause, isEstimated: situation.quality == .estimated)
        return Decision(
            level: level, isNew: level != previous, temperatureCelsius: situation.temperature,
            setpointCelsius: setpointCelsius, targetCelsius: target, mode: mode, quality: situation.quality,
            sensors: situation.sensors, reason: reason ?? usual)
    }

    /// How far the valve should be open by the model, in %. One that swings is held nearer to its mean while the room is
    /// near its target.
    private mutating func opening(for target: Double, celsius: Double, at time: Duration) -> Double {
        guard let wanted = tracker.opening(for: target, at: time, isRested: valve.isRested(at: time)) else {
            return settings.initialPercent
        }
        guard abs(celsius - target) < Self.nearKelvin, let mean = tracker.meanOpening else { return wanted }
        return mean + (wanted - mean) / valve.restraint(at: time)
    }

    private static let nearKelvin = 1.5

    /// How far the valve goes at most in a room that is met for the first time: until its radiator is known, the largest
    /// there are have to be reckoned with. From 35 % it takes two hours to the full opening. Whoever sets a temperature
    /// is to see the valve follow, so 20 % more are granted then.
    private static func mostOpening(at time: Duration, isDesired: Bool) -> PercentOpen {
        PercentOpen(clamping: (isDesired ? 55 : 35) + max(0, time.inSeconds / 60 - 5) * 0.5)
    }

    /// Whether the room is so far above its target that the valve is shut whatever the model says. With a strong radiator
    /// that is soon the case, and soon over: there the air has to be so as well, as far as the model knows, before the
    /// sensors say it. Once shut, it stays so until the room is a little less warm: the sensors' noise is not to open and
    /// shut it by turns.
    private func isTooWarm(_ celsius: Double, for target: Double) -> Bool {
        let weight = (tracker.strengths.opening / InputStrengths.ordinaryOpening).limited(to: 1...4, else: 1)
        let least = settings.shutAboveKelvin * weight * (isShutForWarmth ? Self.staysShutShare : 1)
        guard celsius - target >= least else { return false }
        return weight == 1 || (tracker.airCelsius ?? celsius) - target >= settings.shutAboveKelvin / 2
    }

    /// By this share of what shuts it a room has to be too warm for the valve to stay shut.
    private static let staysShutShare = 0.75

    /// How far the valve has to be open at least, whatever the mode: `frostLevel` below `frostCelsius`, and less and
    /// less up to the frost target, so that the room does not get there.
    private func frostFloor(_ celsius: Double) -> PercentOpen {
        let depth = (settings.frostTargetCelsius - celsius) / (settings.frostTargetCelsius - settings.frostCelsius)
        return PercentOpen(clamping: Double(settings.frostLevel.percent) * depth.limited(to: 0...1, else: 0))
    }

    /// So near to its target a room needs no small moves.
    private static let calmKelvin = 0.12
    /// What keeps pipes from freezing behind a blind valve, at least.
    private static let blindFrostLevel = PercentOpen(clamping: 10)
    /// After so long with its valve shut a room is hardly warmer than its surroundings make it.
    private static let coolingTime = Duration.seconds(3600)
    /// What rooms are heated to by a stove, by machines or by the neighbours' heating, in °C…
    private static let warmestWithoutSummer = 35.0
    /// …and in summer, where nobody says that it is none, in °C.
    private static let warmestInSummer = 40.0
    /// How far above its set-point a room can be that was heated to it, in K.
    private static let warmestAboveSetpoint = 8.0
    /// How far above the outdoor air the sun brings a glazed room, in K.
    private static let warmestBySun = 30.0

    /// What no room is warmer than that has had its valve shut for long, in °C.
    private var warmestCelsius: Double {
        let surroundings =
            outdoorCelsius.map { max(Self.warmestWithoutSummer, $0 + Self.warmestBySun) } ?? Self.warmestInSummer
        return max(surroundings, setpointCelsius + Self.warmestAboveSetpoint)
    }

    /// Where the valve goes when nothing is known of the room: to its fail-safe level, in modes that heat; but never
    /// so far down that the room could freeze unseen.
    ///
    /// - Parameter doubted: What the sensors say that can't be, in °C: it may be in °F, and the room as cold as that means.
    private func blindLevel(mode: RoomMode, doubted: Double?) -> PercentOpen {
        var level = mode == .off || mode == .frostProtection ? .shut : settings.failSafeLevel
        if let doubted { level = max(level, frostFloor((doubted - 32) / 1.8)) }
        guard let outdoor = outdoorCelsius else { return max(level, Self.blindFrostLevel) }
        guard outdoor < settings.frostTargetCelsius else { return level }
        return max(level, Self.blindFrostLevel, heldFromFreezing(outdoorCelsius: outdoor))
    }

    /// How far a valve has to be open for a room to stay above freezing without anyone looking. A radiator that is just
    /// large enough holds `designRoomCelsius` at any weather when fully open, because the supply follows the weather, and
    /// its heat follows the opening about evenly.
    private func heldFromFreezing(outdoorCelsius: Double) -> PercentOpen {
        let share = (settings.frostTargetCelsius - outdoorCelsius) / (Self.designRoomCelsius - outdoorCelsius)
        let weight = max(1, tracker.strengths.opening / InputStrengths.ordinaryOpening)
        return PercentOpen(clamping: 100 * share / weight)
    }

    private static let designRoomCelsius = 22.0
}
