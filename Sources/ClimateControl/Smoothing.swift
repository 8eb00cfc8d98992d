import Building

/// Averages the small steps of a verdict (sensors report tenths of a kelvin) so that they do not move the valve.
struct Smoothing: Sendable {
    /// A change by more than this is no noise and passes at once.
    private static let believedAtOnceKelvin = 0.5

    let timeConstant: Duration
    private var smoothed: Double?

    init(timeConstant: Duration) {
        self.timeConstant = timeConstant
    }

    /// The average after `celsius` has been the verdict for `elapsed`.
    mutating func average(_ celsius: Double, elapsed: Duration) -> Double {
        guard let previous = smoothed, timeConstant > .zero, abs(celsius - previous) <= Self.believedAtOnceKelvin
        else {
            smoothed = celsius
            return celsius
        }
        // One implicit Euler step of a first-order lag: between 0 and 1 for any length of step.
        let weight = elapsed.inSeconds / (elapsed.inSeconds + timeConstant.inSeconds)
        let next = previous + weight * (celsius - previous)
        smoothed = next
        return next
    }

    /// Forgets the past: the next verdict counts as it is.
    mutating func reset() {
        smoothed = nil
    }
}
