import Building

/// The lead time with which a room must be heated to be warm in time, learned from previous warm-ups.
struct OptimumStart: Sendable {
    /// The possible lead times, in minutes per kelvin.
    static let range = 5.0...240.0
    private static let start = 40.0
    /// The weight of each new observation.
    private static let eagerness = 0.4
    private static let longest = Duration.seconds(8 * 3600)
    /// The smallest rise worth learning from, K.
    private static let smallestRiseKelvin = 0.8
    /// The distance from the goal within which the room counts as warm, K.
    private static let closeKelvin = 0.3

    /// The learned lead time, in minutes per kelvin.
    private(set) var minutesPerKelvin: Double
    private var episode: (start: Duration, celsius: Double, goal: Double)?

    init(minutesPerKelvin: Double = start) {
        self.minutesPerKelvin = minutesPerKelvin.limited(to: Self.range, else: Self.start)
    }

    /// Returns whether heating has to begin now, or has begun, for the room to reach `goalCelsius` in `timeLeft`.
    func isDue(timeLeft: Duration, celsius: Double, goalCelsius: Double) -> Bool {
        if let episode, episode.goal == goalCelsius { return true }
        let needed = Duration.seconds(max(0, goalCelsius - celsius) * minutesPerKelvin * 60)
        return timeLeft <= min(Self.longest, max(needed, .seconds(300)))
    }

    /// Begins, continues or ends an observation while the room is heated towards its goal.
    mutating func follow(celsius: Double, goalCelsius: Double, at time: Duration) {
        guard let begun = episode, begun.goal == goalCelsius else {
            let isFar = goalCelsius - celsius >= Self.smallestRiseKelvin
            episode = isFar ? (time, celsius, goalCelsius) : nil
            return
        }
        guard celsius >= goalCelsius - Self.closeKelvin else { return }
        let minutes = (time - begun.start).inSeconds / 60
        let rise = goalCelsius - Self.closeKelvin - begun.celsius
        episode = nil
        guard rise > 0 else { return }
        let observed = (minutes / rise).limited(to: Self.range, else: minutesPerKelvin)
        minutesPerKelvin += Self.eagerness * (observed - minutesPerKelvin)
    }

    /// Discards the current observation.
    mutating func stop() {
        episode = nil
    }
}
