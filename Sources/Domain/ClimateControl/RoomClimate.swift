package import Building
import CivilTime

/// The control of one room, which keeps it at its set-point: takes sensor readings and decides how far the radiator
/// valve is open.
///
/// It has no clock and does no I/O: every call passes the time. Whatever the input, the level is 0…100 %, and nothing
/// traps.
package struct RoomClimate: Sendable {
    /// The settings as given, with every value within its range.
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
    /// A Boolean value that indicates whether someone has changed the set-point since the last decision.
    private var isSetpointNew = false
    /// A Boolean value that indicates whether someone has set the set-point since the last decision, even to its former
    /// value.
    private var isDesired = false
    /// The time at which the room's temperature was last known.
    private var lastKnown: Duration?
    /// A Boolean value that indicates whether nothing is known yet of the radiator's strength.
    private let isUnacquainted: Bool
    /// The time since which the valve has been shut.
    private var shutSince: Duration?
    /// A Boolean value that indicates whether the valve is shut because the room is far too warm.
    private var isShutForWarmth = false

    /// Creates the control of a room.
    ///
    /// - Parameter settings: The room's settings; values out of range are clamped.
    /// - Parameter startedAt: The moment from which sensors may be missed.
    /// - Parameter snapshot: The state before a restart; its set-point takes precedence over that of the settings.
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
        // A snapshot from before anything was learned is no better than none.
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

    /// The set-point in force, with its source.
    package var setpoint: Setpoint {
        chosen ?? Setpoint(celsius: settings.setpointCelsius, source: .configuration)
    }

    /// The set-point in force, °C, 5…30.
    package var setpointCelsius: Double { setpoint.celsius }

    /// The mode that people requested.
    package var request: ModeRequest { rules.request }

    /// The requested mode with its history.
    package var modeChoice: ModeChoice {
        chosenMode ?? ModeChoice(request: rules.request, source: .configuration)
    }

    /// A Boolean value that indicates whether someone is present, according to the life-being sensor; `nil` if it has
    /// not reported within the last hour.
    package var isOccupied: Bool? { rules.isOccupied(at: time.elapsed) }

    /// The outdoor temperature, °C; `nil` if none was reported within the last three hours.
    package var outdoorCelsius: Double? { tracker.outdoorCelsius(at: time.elapsed) }

    /// The state that must survive a restart.
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

    /// Takes one temperature reading, °C, and returns its outcome.
    @discardableResult
    package mutating func observe(sensor: String, celsius: Double, at instant: MonotonicInstant) -> Observation {
        panel.observe(sensor: sensor, celsius: celsius, at: time.advance(to: instant))
    }

    /// Takes a reading of the life-being sensor.
    package mutating func observe(isOccupied: Bool, at instant: MonotonicInstant) {
        rules.observe(isOccupied: isOccupied, at: time.advance(to: instant))
    }

    /// Takes the outdoor temperature, °C. Values outside −60…60 are ignored.
    package mutating func observe(outdoorCelsius: Double, at instant: MonotonicInstant) {
        tracker.observe(outdoorCelsius: outdoorCelsius, at: time.advance(to: instant))
    }

    /// Changes the set-point. Returns `false`, and changes nothing, if its source may not ask for it (guests 16…26 °C,
    /// others 5…30). A set-point whose source is the configuration cancels any that someone set.
    package mutating func set(_ setpoint: Setpoint) -> Bool {
        guard setpoint.isAllowed else { return false }
        let former = setpointCelsius
        chosen = setpoint.source == .configuration ? nil : setpoint
        isDesired = chosen != nil
        if chosen == nil { rules.letGo() }
        isSetpointNew = isSetpointNew || setpointCelsius != former
        return true
    }

    /// Changes the set-point on behalf of someone in the building, °C. Returns `false`, and changes nothing, if it is
    /// outside 5…30.
    package mutating func setSetpoint(_ celsius: Double) -> Bool {
        set(Setpoint(celsius: celsius, source: .localOperator))
    }

    /// Changes the mode that people request.
    package mutating func ask(_ request: ModeRequest, at instant: MonotonicInstant) {
        rules.ask(request, at: time.advance(to: instant))
        chosenMode = nil
    }

    /// Changes the mode that people request, and records by whom and until when. `automatic` cancels any choice.
    package mutating func choose(_ mode: ModeChoice, at instant: MonotonicInstant) {
        ask(mode.request, at: instant)
        if mode.request != .automatic { chosenMode = mode }
    }

    /// Decides how far the valve should be open now.
    ///
    /// - Parameter calendar: The calendar time, if it can be trusted. Without it, the schedule means comfort, and
    ///   set-points do not end.
    /// - Returns: `nil` from the start until a first sensor is usable or `stalenessLimit` has passed: until then
    ///   nothing is known of the room, and its valve is best left as it is.
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

    /// The state known at the moment of a decision.
    private struct Situation {
        var now: Duration
        var calendar: Timestamp?
        var temperature: Double?
        var quality: Quality
        var sensors: [String: Quality] = [:]
        /// The impossible temperature that the sensors report, °C.
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
        var reason: ControlReason?
        var mustMove = false
        if let celsius = situation.temperature {
            wanted = PercentOpen(clamping: opening(for: target, celsius: celsius, at: now))
            if isUnacquainted { wanted = min(wanted, Self.mostOpening(at: now, isDesired: chosen != nil)) }
            if mode == .boost, celsius < target - 0.2 { wanted = PercentOpen(clamping: 100) }
            // Someone who has just changed the set-point should see the valve follow.
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
                    .impossibleReading(
                        celsius: ControlReason.Number(tenthsOf: $0),
                        aboveSetpoint: ControlReason.Number(tenthsOf: $0 - setpointCelsius),
                        outdoorCelsius: outdoorCelsius.map(ControlReason.Number.init(tenthsOf:)))
                } ?? .noSensor(for: ControlReason.Span(now - (lastKnown ?? .zero)))
            mustMove = true
        }
        if let openSince = window.openSince {
            mode = .windowOpen
            wanted = .shut
            mustMove = true
            reason = .windowOpen(
                windowOpenedAt.map { .since(ControlReason.ClockTime(secondOfDay: settings.calendar.wall($0).second)) }
                    ?? .lasting(ControlReason.Span(now - openSince)))
        }
        let localHour = situation.calendar.map { settings.calendar.wall($0).second / 3600 }
        if let level = exercise.level(at: now, localHour: localHour) {
            wanted = level
            mustMove = true
            reason = .exercise
        }
        if let celsius = situation.temperature {
            let isFreezing = celsius < settings.frostCelsius
            if isFreezing || frostFloor(celsius) > wanted {
                reason = .frostProtection(celsius: ControlReason.Number(tenthsOf: celsius))
            }
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
        let goal = ControlReason.Number(tenthsOf: target)
        let usual = ControlReason.Regulation(
            isShut: level == .shut, error: ControlReason.Number(tenthsOf: error),
            goal: target == setpointCelsius ? .setpoint(goal) : .target(goal), cause: outcome.cause,
            isEstimated: situation.quality == .estimated)
        return Decision(
            level: level, isNew: level != previous, temperatureCelsius: situation.temperature,
            setpointCelsius: setpointCelsius, targetCelsius: target, mode: mode, quality: situation.quality,
            sensors: situation.sensors, reason: reason ?? .regulating(usual))
    }

    /// Returns the opening according to the model, %. A valve that swings is held closer to its mean while the room is
    /// near its target.
    private mutating func opening(for target: Double, celsius: Double, at time: Duration) -> Double {
        guard let wanted = tracker.opening(for: target, at: time, isRested: valve.isRested(at: time)) else {
            return settings.initialPercent
        }
        guard abs(celsius - target) < Self.nearKelvin, let mean = tracker.meanOpening else { return wanted }
        return mean + (wanted - mean) / valve.restraint(at: time)
    }

    private static let nearKelvin = 1.5

    /// Returns the maximum opening in a room that is met for the first time. Until its radiator is known, it may be the
    /// largest there is. From 35 % it takes two hours to the full opening. Someone who sets a temperature should see
    /// the valve follow, so 20 % more are granted then.
    private static func mostOpening(at time: Duration, isDesired: Bool) -> PercentOpen {
        PercentOpen(clamping: (isDesired ? 55 : 35) + max(0, time.inSeconds / 60 - 5) * 0.5)
    }

    /// Returns whether the room is so far above its target that the valve is shut regardless of the model. With a
    /// strong radiator this happens soon and is soon over, so there the air has to be too warm as well, as far as the
    /// model knows, before the sensors show it. Once shut, the valve stays shut until the room is a little less warm,
    /// so that the sensors' noise does not open and shut it in turns.
    private func isTooWarm(_ celsius: Double, for target: Double) -> Bool {
        let weight = (tracker.strengths.opening / InputStrengths.ordinaryOpening).limited(to: 1...4, else: 1)
        let least = settings.shutAboveKelvin * weight * (isShutForWarmth ? Self.staysShutShare : 1)
        guard celsius - target >= least else { return false }
        return weight == 1 || (tracker.airCelsius ?? celsius) - target >= settings.shutAboveKelvin / 2
    }

    /// The share of the shutting threshold above which a valve that is shut stays shut.
    private static let staysShutShare = 0.75

    /// Returns the least opening, whatever the mode: `frostLevel` below `frostCelsius`, decreasing up to the frost
    /// target, so that the room does not get there.
    private func frostFloor(_ celsius: Double) -> PercentOpen {
        let depth = (settings.frostTargetCelsius - celsius) / (settings.frostTargetCelsius - settings.frostCelsius)
        return PercentOpen(clamping: Double(settings.frostLevel.percent) * depth.limited(to: 0...1, else: 0))
    }

    /// The distance from the target within which a room needs no small moves, K.
    private static let calmKelvin = 0.12
    /// The least opening that keeps pipes from freezing behind a blind valve.
    private static let blindFrostLevel = PercentOpen(clamping: 10)
    /// The time after which a room with its valve shut is hardly warmer than its surroundings make it.
    private static let coolingTime = Duration.seconds(3600)
    /// The temperature that a stove, machines or the neighbours' heating can give a room, °C.
    private static let warmestWithoutSummer = 35.0
    /// The temperature that a room can reach in summer, assumed if the outdoor temperature is unknown, °C.
    private static let warmestInSummer = 40.0
    /// The greatest excess over the set-point of a room that was heated to it, K.
    private static let warmestAboveSetpoint = 8.0
    /// The greatest excess over the outdoor air to which the sun can heat a glazed room, K.
    private static let warmestBySun = 30.0

    /// The highest possible temperature of a room whose valve has been shut for long, °C.
    private var warmestCelsius: Double {
        let surroundings =
            outdoorCelsius.map { max(Self.warmestWithoutSummer, $0 + Self.warmestBySun) } ?? Self.warmestInSummer
        return max(surroundings, setpointCelsius + Self.warmestAboveSetpoint)
    }

    /// Returns the valve's level when nothing is known of the room: its fail-safe level, in modes that heat, but never
    /// so low that the room could freeze unnoticed.
    ///
    /// - Parameter doubted: The impossible temperature that the sensors report, °C. It may be in °F, with the room as
    ///   cold as that means.
    private func blindLevel(mode: RoomMode, doubted: Double?) -> PercentOpen {
        var level = mode == .off || mode == .frostProtection ? .shut : settings.failSafeLevel
        if let doubted { level = max(level, frostFloor((doubted - 32) / 1.8)) }
        guard let outdoor = outdoorCelsius else { return max(level, Self.blindFrostLevel) }
        guard outdoor < settings.frostTargetCelsius else { return level }
        return max(level, Self.blindFrostLevel, heldFromFreezing(outdoorCelsius: outdoor))
    }

    /// Returns the opening that keeps a room above freezing without feedback. A radiator that is just large enough
    /// holds `designRoomCelsius` in any weather when fully open, because the supply temperature follows the weather,
    /// and its heat is roughly proportional to the opening.
    private func heldFromFreezing(outdoorCelsius: Double) -> PercentOpen {
        let share = (settings.frostTargetCelsius - outdoorCelsius) / (Self.designRoomCelsius - outdoorCelsius)
        let weight = max(1, tracker.strengths.opening / InputStrengths.ordinaryOpening)
        return PercentOpen(clamping: 100 * share / weight)
    }

    private static let designRoomCelsius = 22.0
}
