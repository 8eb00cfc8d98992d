/// How a proportional-integral controller is set.
package struct PITuning: Sendable, Hashable, Codable {
    package var gainPercentPerKelvin: Double
    package var integralSeconds: Double

    /// How much slower than the dead time the loops of the bench are set: what holds rooms drawn at random best, by
    /// `make bench-comfort`'s own search.
    package static let bestSlowness = 1.5

    package init(gainPercentPerKelvin: Double, integralSeconds: Double) {
        self.gainPercentPerKelvin = gainPercentPerKelvin
        self.integralSeconds = integralSeconds
    }
}

/// A textbook proportional-integral controller with conditional integration: the integral stands still while the valve
/// is at an end and the error pushes it further (Åström and Hägglund, "Advanced PID Control", ISA 2006, section 3.5).
struct ProportionalIntegral: Sendable {
    let tuning: PITuning
    /// The part of the opening that lasting errors have built up: 0…100 %.
    private var integralPercent = 20.0

    init(_ tuning: PITuning) {
        self.tuning = tuning
    }

    /// The wanted opening, 0…100 %, for `errorKelvin` (set-point minus room) that has lasted for `seconds`.
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
