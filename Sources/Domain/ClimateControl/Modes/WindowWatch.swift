import Building

/// Notices an open window by how fast the room cools, and when it has been shut again.
struct WindowWatch: Sendable {
    /// No longer than this does the valve stay shut for a window.
    static let longest = Duration.seconds(30 * 60)

    /// The room has to fall by so much…
    private static let fallKelvin = 0.8
    /// …within this time…
    private static let span = Duration.seconds(360)
    /// …and to fall further in each of so many minutes in a row.
    private static let fallingMinutes = 3
    /// Air cannot fall faster in a minute: what does is a new sensor or another room, not a window.
    private static let impossibleKelvin = 2.0
    /// By so much of its fall the room has to be colder than the model, which knows the valve, had expected.
    private static let unexplainedKelvin = 0.5
    /// By so much more than in the minutes before it has to fall: a room that falls ever more slowly has no window that was
    /// opened just now.
    private static let fasterKelvin = 0.5
    /// A rise by so much above the lowest value says that it has been shut.
    private static let riseKelvin = 0.3
    /// After a window the room needs so long to find back; another fall within it is the same one.
    private static let pause = Duration.seconds(20 * 60)

    /// Those of the last two spans.
    private var minutes: [(time: Duration, celsius: Double)] = []
    private(set) var openSince: Duration?
    private var lowest = Double.infinity
    private var ended: Duration?
    /// Whether the last one ended by its time alone: what has not risen since has not been shut either.
    private var hasYetToRise = false

    /// Takes the room's temperature; what comes within the same minute is left out.
    ///
    /// - Parameter expected: What the model had expected some minutes ago for now, in °C; `nil` where it had not.
    /// - Parameter explainedKelvin: How far the valve's own closing can have made the room fall, at most.
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

    /// By how much the room has fallen within the span, where that is fast, goes on, and has begun of late; else `nil`.
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
