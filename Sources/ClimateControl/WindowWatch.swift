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
    /// A rise by so much above the lowest value says that it has been shut.
    private static let riseKelvin = 0.3
    /// After a window the room needs so long to find back; another fall within it is the same one.
    private static let pause = Duration.seconds(20 * 60)

    private var minutes: [(time: Duration, celsius: Double)] = []
    private(set) var openSince: Duration?
    private var lowest = Double.infinity
    private var ended: Duration?

    /// Takes the room's temperature; what comes within the same minute is left out.
    ///
    /// - Parameter expected: What the model had expected some minutes ago for now, in °C; `nil` where it had not.
    mutating func observe(_ celsius: Double, expected: @autoclosure () -> Double?, at time: Duration) {
        if let openSince {
            lowest = min(lowest, celsius)
            if time - openSince >= Self.longest || celsius >= lowest + Self.riseKelvin { end(at: time) }
            return
        }
        if let last = minutes.last {
            guard time - last.time >= .seconds(60) else { return }
            let isGap = time - last.time > .seconds(180)
            if isGap || last.celsius - celsius > Self.impossibleKelvin { minutes.removeAll() }
        }
        minutes.append((time, celsius))
        minutes.removeAll { time - $0.time > Self.span }
        if let ended, time - ended < Self.pause { return }
        guard hasFallenFast else { return }
        let isUnexplained = expected().map { $0 - celsius >= Self.unexplainedKelvin } ?? true
        if isUnexplained { begin(at: time, celsius: celsius) }
    }

    private var hasFallenFast: Bool {
        guard let last = minutes.last, minutes.count > Self.fallingMinutes,
            let highest = minutes.map(\.celsius).max(), highest - last.celsius >= Self.fallKelvin
        else { return false }
        let recent = minutes.suffix(Self.fallingMinutes + 1)
        return zip(recent, recent.dropFirst()).allSatisfy { $0.celsius - $1.celsius > 0.05 }
    }

    private mutating func begin(at time: Duration, celsius: Double) {
        openSince = time
        lowest = celsius
        minutes.removeAll()
    }

    private mutating func end(at time: Duration) {
        openSince = nil
        ended = time
    }
}
