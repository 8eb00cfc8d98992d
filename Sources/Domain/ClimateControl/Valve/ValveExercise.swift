import Building

/// The weekly exercise of a valve from end to end, in every mode, so that it does not seize: most do so in summer.
struct ValveExercise: Sendable {
    /// The time for which each end is held: longer than valves travel.
    static let stroke = Duration.seconds(240)
    static let interval = Duration.seconds(7 * 86_400)
    /// The time for which an exercise waits for the hours in which no one sleeps, if the calendar is known.
    private static let patience = Duration.seconds(86_400)
    private static let quietHours = 10..<16

    private var last: Duration
    private var begun: Duration?

    /// Creates the exercise of one valve.
    ///
    /// - Parameter age: The time since the valve was last exercised.
    init(at time: Duration, age: Duration = .zero) {
        last = time - age.limited(to: .zero...Self.interval + Self.patience)
    }

    /// Returns the time since the valve was last exercised.
    func age(at time: Duration) -> Duration { time - last }

    /// Returns the level that the exercise needs; `nil` while there is none.
    mutating func level(at time: Duration, localHour: Int?) -> PercentOpen? {
        if let begun {
            if time - begun < Self.stroke { return PercentOpen(clamping: 100) }
            if time - begun < Self.stroke * 2 { return .shut }
            self.begun = nil
            last = time
            return nil
        }
        let overdue = time - last - Self.interval
        guard overdue >= .zero else { return nil }
        if let localHour, !Self.quietHours.contains(localHour), overdue < Self.patience { return nil }
        begun = time
        return PercentOpen(clamping: 100)
    }
}
