import Building

/// A detector of open windows, by the speed at which the room cools, and of their closing.
struct WindowWatch: Sendable {
    /// The maximum time for which the valve stays shut because of a window.
    static let longest = Duration.seconds(30 * 60)

    /// The fall within `span` that indicates an open window, K.
    private static let fallKelvin = 0.8
    /// The time within which the room has to fall by `fallKelvin`.
    private static let span = Duration.seconds(360)
    /// The number of successive minutes in each of which the room has to fall further.
    private static let fallingMinutes = 3
    /// The fall within a minute that air cannot make, K: its cause is a new sensor or another room, not a window.
    private static let impossibleKelvin = 2.0
    /// The part of the fall that the model, which knows the valve, must not have expected, K.
    private static let unexplainedKelvin = 0.5
    /// The amount by which the fall has to exceed that of the minutes before, K: a room that cools ever more slowly has
    /// no window that was opened just now.
    private static let fasterKelvin = 0.5
    /// The rise above the lowest value that indicates a closed window, K.
    private static let riseKelvin = 0.3
    /// The time that the room needs to recover after a window; another fall within it has the same cause.
    private static let pause = Duration.seconds(20 * 60)

    /// The measurements of the last two spans.
    private var minutes: [(time: Duration, celsius: Double)] = []
    private(set) var openSince: Duration?
    private var lowest = Double.infinity
    private var ended: Duration?
    /// A Boolean value that indicates whether the last window event ended by its time alone: without a rise since, the
    /// window is still open.
    private var hasYetToRise = false

    /// Takes the room's temperature; further values within the same minute are ignored.
    ///
    /// - Parameter expected: The value for now that the model expected some minutes ago, °C; `nil` if there is none.
    /// - Parameter explainedKelvin: The largest fall that the valve's own closing can explain, K.
    mutating func observe(
        _ celsius: Double, expected: @autoclosure () -> Double?, explainedKelvin: @autoclosure () -> Double,
        at time: Duration
    ) {
        lowest = min(lowest, celsius)
        let hasRisen = celsius >= lowest + Self.riseKelvin
        if let openSince {
            if hasRisen || time - openSince >= Self.longest { end(at: time, hasRisen: hasRisen) }
            return
        }
        if hasRisen { hasYetToRise = false }
        if let last = minutes.last {
            guard time - last.time >= .seconds(60) else { return }
            let isGap = time - last.time > .seconds(180)
            if isGap || last.celsius - celsius > Self.impossibleKelvin { minutes.removeAll() }
        }
        minutes.append((time, celsius))
        minutes.removeAll { time - $0.time > Self.span * 2 }
        if hasYetToRise { return }
        if let ended, time - ended < Self.pause { return }
        guard let fall = fastFall(at: time) else { return }
        let isUnexplained =
            fall - explainedKelvin() >= Self.unexplainedKelvin
            && expected().map { $0 - celsius >= Self.unexplainedKelvin } ?? true
        if isUnexplained { begin(at: time, celsius: celsius) }
    }

    /// Returns the fall of the room within the span if it is fast, continuing, and began recently; else `nil`.
    private func fastFall(at time: Duration) -> Double? {
        let late = minutes.filter { time - $0.time <= Self.span }
        guard let last = late.last, late.count > Self.fallingMinutes, let highest = late.map(\.celsius).max() else {
            return nil
        }
        let fall = highest - last.celsius
        guard fall >= Self.fallKelvin else { return nil }
        let recent = late.suffix(Self.fallingMinutes + 1)
        guard zip(recent, recent.dropFirst()).allSatisfy({ $0.celsius - $1.celsius > 0.05 }) else { return nil }
        let early = minutes.filter { time - $0.time >= Self.span }
        let before = early.first.flatMap { first in early.last.map { first.celsius - $0.celsius } } ?? 0
        return fall - max(0, before) >= Self.fasterKelvin ? fall : nil
    }

    private mutating func begin(at time: Duration, celsius: Double) {
        openSince = time
        lowest = celsius
        hasYetToRise = false
        minutes.removeAll()
    }

    private mutating func end(at time: Duration, hasRisen: Bool) {
        openSince = nil
        ended = time
        hasYetToRise = !hasRisen
    }
}
