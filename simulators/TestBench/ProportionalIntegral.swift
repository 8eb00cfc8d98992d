/// The tuning of a proportional-integral controller.
package struct PITuning: Sendable, Hashable, Codable {
    /// The proportional gain, in percent of opening per kelvin of error.
    package var gainPercentPerKelvin: Double
    /// The integral time, in s.
    package var integralSeconds: Double

    /// The ratio of closed-loop time constant to dead time that the bench uses: the one that controls random rooms
    /// best, found by the search in `make bench-comfort`.
    package static let bestSlowness = 1.5

    /// Creates a tuning.
    package init(gainPercentPerKelvin: Double, integralSeconds: Double) {
        self.gainPercentPerKelvin = gainPercentPerKelvin
        self.integralSeconds = integralSeconds
    }
}

/// A textbook proportional-integral controller with conditional integration: the integral is held while the valve is at
/// a limit and the error would push it further (Åström and Hägglund, "Advanced PID Control", ISA 2006, section 3.5).
struct ProportionalIntegral: Sendable {
    let tuning: PITuning
    /// The part of the opening accumulated from lasting errors, 0…100 %.
    private var integralPercent = 20.0

    init(_ tuning: PITuning) {
        self.tuning = tuning
    }

    /// Returns the opening, 0…100 %, for `errorKelvin` (set-point minus room) that has lasted for `seconds`.
    mutating func output(errorKelvin: Double, seconds: Double) -> Double {
        let proportional = tuning.gainPercentPerKelvin * errorKelvin
        let unlimited = proportional + integralPercent
        let pushesBeyondEnd = (unlimited >= 100 && errorKelvin > 0) || (unlimited <= 0 && errorKelvin < 0)
        if !pushesBeyondEnd {
            integralPercent = min(
                100, max(0, integralPercent + proportional * seconds / tuning.integralSeconds))
        }
        return min(100, max(0, proportional + integralPercent))
    }
}
