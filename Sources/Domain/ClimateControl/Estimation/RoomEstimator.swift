import Building

/// The estimate of a room's state, which keeps the room model up to date from decision to decision.
struct RoomEstimator: Sendable {
    private static let step = Duration.seconds(RoomModel.stepSeconds)
    /// The deviation that is more than a prediction error, K: the world has changed abruptly.
    private static let leapKelvin = 1.5
    /// The pause after which the model starts afresh.
    private static let longestPause = Duration.seconds(1800)
    /// The number of past minutes kept, for events that are noticed only after they have begun.
    private static let remembered = 8
    /// The change of the target that people notice, K.
    private static let changeKelvin = 0.5
    /// The time after such a change in which the room is regulated briskly, until the walls have followed.
    private static let briskTime = Duration.seconds(8 * 3600)
    /// The time for which an outdoor temperature is valid. The model continues with the last one, and its errors teach
    /// it to compensate.
    private static let outdoorMemory = Duration.seconds(3 * 3600)
    /// The plausible outdoor temperatures, °C.
    private static let outdoorRange = -60.0...60.0

    private(set) var strengths: InputStrengths
    private let isAcquainted: Bool
    private var model: RoomModel?
    private var quick: QuickRooms?
    private var modelTime = Duration.zero
    private var past: [(model: RoomModel, quick: QuickRooms?)] = []
    private var minute = (sum: 0.0, count: 0)
    /// The valve's opening since the last step, in % · s, and the time it covers, s.
    private var opening = (sum: 0.0, seconds: 0.0)
    private var followed: Duration?
    /// The end of the time in which the model does not learn from its errors.
    private var distrustUntil = Duration.zero
    /// The last target, °C.
    private var target: Double?
    /// The end of the time in which the room is brought to its new target briskly.
    private var briskUntil = Duration.zero
    /// The last fused temperature, °C.
    private var last: (celsius: Double, time: Duration)?
    private var valve: ValveEffect
    private var outdoor: (first: Double, latest: Double, time: Duration)?

    /// Creates an estimator.
    ///
    /// - Parameter isAcquainted: Whether the strengths were learned from this room.
    init(strengths: InputStrengths, isAcquainted: Bool) {
        self.strengths = strengths
        self.isAcquainted = isAcquainted
        // Where a percent has a large effect, the valve's moves before a restart are still at work.
        valve = ValveEffect(isAcquainted: isAcquainted && strengths.opening <= InputStrengths.ordinaryOpening)
    }

    /// Returns the outdoor temperature, °C; `nil` if none was reported recently.
    func outdoorCelsius(at time: Duration) -> Double? {
        outdoor.flatMap { time - $0.time <= Self.outdoorMemory ? $0.latest : nil }
    }

    /// Takes the outdoor temperature, °C; ignores implausible values.
    mutating func observe(outdoorCelsius celsius: Double, at time: Duration) {
        guard Self.outdoorRange.contains(celsius) else { return }
        outdoor = (outdoor?.first ?? celsius, celsius, time)
    }

    /// The temperature that the sensors should show now, °C; `nil` before they have reported anything.
    var estimatedCelsius: Double? { model?.sensedCelsius }

    /// The air's temperature, which the sensors will show in some minutes, °C; `nil` before anything is known.
    var airCelsius: Double? { model?.airCelsius }

    /// The recent mean opening of the valve, %; `nil` before anything is known.
    var meanOpening: Double? { model == nil ? nil : valve.felt }

    /// Returns the largest recent fall of the room that the valve's own closing can explain, K.
    ///
    /// - Parameter isSwinging: Whether the valve moves to and fro so much that what was learned is in doubt.
    func explainedFallKelvin(isSwinging: Bool, at time: Duration) -> Double {
        valve.explainedFallKelvin(kelvinPerPercent: strengths.opening, isSwinging: isSwinging, at: time)
    }

    /// Returns the opening that the valve should have, %; `nil` before anything is known.
    ///
    /// - Parameter isRested: Whether the valve has moved little recently.
    mutating func opening(for targetCelsius: Double, at time: Duration, isRested: Bool) -> Double? {
        if let last = target, abs(targetCelsius - last) >= Self.changeKelvin { briskUntil = time + Self.briskTime }
        target = targetCelsius
        let feedback: RoomController.Feedback = isRested || time < briskUntil ? .brisk : .calm
        if let quick, quick.isQuick {
            return quick.believed.opening(for: targetCelsius, closedLoopSeconds: feedback.closedLoopSeconds)
        }
        return model.map { RoomController.opening(of: $0, targetCelsius: targetCelsius, by: feedback) }
    }

    /// Brings the model to `time`.
    ///
    /// - Parameter celsius: The fused temperature of the sensors; `nil` while there is none.
    /// - Parameter openPercent: The opening of the valve since the last call.
    mutating func follow(
        _ celsius: Double?, openPercent: Double, isOccupied: Bool, isWindowOpen: Bool, at time: Duration
    ) {
        var inputs = RoomModel.Inputs(
            openPercent: openPercent, presence: isOccupied ? 1 : 0,
            outdoorKelvin: outdoor.map { $0.latest - $0.first } ?? 0)
        let since = followed.map { (time - $0).inSeconds } ?? 0
        followed = time
        guard var model, time - modelTime <= Self.longestPause else {
            if let celsius { begin(celsius, inputs: inputs, at: time) } else if model != nil { modelTime = time }
            return
        }
        if let celsius {
            let span = last.map { time - $0.time } ?? .zero
            let change = abs(celsius - (last?.celsius ?? celsius))
            last = (celsius, time)
            // The effect of a strong radiator within a minute is not a leap, but something to learn from.
            let isLeap = span > .seconds(300) || change > Self.leapKelvin + valve.possibleKelvin(in: span)
            if abs(celsius - model.sensedCelsius) > Self.leapKelvin, isLeap, !isWindowOpen {
                quick?.shift(by: celsius - model.sensedCelsius)
                model.shift(by: celsius - model.sensedCelsius)
                distrustUntil = time + .seconds(1800)
                minute = (0, 0)
            }
            minute = (minute.sum + celsius, minute.count + 1)
        }
        if isWindowOpen { distrustUntil = time + .seconds(1800) }
        opening = (opening.sum + openPercent * since, opening.seconds + since)
        if opening.seconds > 0 { inputs.openPercent = opening.sum / opening.seconds }
        let mean = minute.count > 0 ? minute.sum / Double(minute.count) : nil
        while time - modelTime >= Self.step {
            modelTime += Self.step
            remember(model)
            valve.step(openPercent: inputs.openPercent)
            let isFarStronger = model.step(
                inputs: inputs, measuring: isWindowOpen ? nil : mean, learns: time >= distrustUntil)
            if isFarStronger { valve.isFarStronger(at: time) }
            quick?.step(
                openPercent: inputs.openPercent, measuring: isWindowOpen ? nil : mean, learns: time >= distrustUntil)
            if let quick, quick.isQuick {
                model.adopt(openingStrength: quick.believed.strength * Dynamics.airSeconds / RoomModel.stepSeconds)
            }
            if isWindowOpen, let mean {
                model.align(to: mean)
                quick?.align(to: mean)
            }
            minute = (0, 0)
            opening = (0, 0)
        }
        strengths = model.strengths
        self.model = model
    }

    /// The temperature that the sensors should show now according to the model of some minutes ago, °C; `nil` while
    /// there is no past.
    var formerlyExpectedCelsius: Double? {
        guard var model = past.first?.model, let present = self.model else { return nil }
        for _ in past { model.step(inputs: present.inputs, measuring: nil, learns: false) }
        return model.sensedCelsius
    }

    /// Reverts to the state before the last minutes, except for the air: what happened in them will pass without a
    /// trace.
    mutating func forgetTheLastMinutes() {
        guard let before = past.first, let present = model else { return }
        model = before.model
        model?.align(to: present.sensedCelsius)
        quick = before.quick
        quick?.align(to: present.sensedCelsius)
        past.removeAll()
    }

    private mutating func begin(_ celsius: Double, inputs: RoomModel.Inputs, at time: Duration) {
        model = RoomModel(celsius: celsius, inputs: inputs, strengths: strengths)
        quick = QuickRooms(
            celsius: celsius, openPercent: inputs.openPercent,
            strength: isAcquainted || quick?.isQuick == true
                ? strengths.opening * RoomModel.stepSeconds / Dynamics.airSeconds : nil)
        last = (celsius, time)
        modelTime = time
        past.removeAll()
        minute = (0, 0)
        opening = (0, 0)
    }

    private mutating func remember(_ model: RoomModel) {
        past.append((model, quick))
        if past.count > Self.remembered { past.removeFirst() }
    }
}
