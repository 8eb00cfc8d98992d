import Building

/// A proportional-integral controller with conditional integration: the integral stands still while the valve is at
/// an end and the error pushes it further, so nothing winds up while the radiator gives all it can (Åström and
/// Hägglund, "Advanced PID Control", ISA 2006, section 3.5).
struct ProportionalIntegral: Sendable {
    /// A longer pause than this counts only this long: after it the old error says nothing about the time between.
    private static let longestStepSeconds = 300.0

    let gainPercentPerKelvin: Double
    let integralTimeSeconds: Double
    /// The part of the opening that lasting errors have built up: 0…100 %.
    private(set) var integralPercent: Double

    init(gainPercentPerKelvin: Double, integralTime: Duration, integralPercent: Double) {
        self.gainPercentPerKelvin = gainPercentPerKelvin
        integralTimeSeconds = integralTime.inSeconds
        self.integralPercent = integralPercent.limited(to: 0...100, else: 0)
    }

    /// The wanted opening, 0…100 %, for `errorKelvin` (set-point minus room, finite) that has lasted for `elapsed`.
    mutating func output(errorKelvin: Double, elapsed: Duration) -> Double {
        let proportional = gainPercentPerKelvin * errorKelvin
        let unlimited = proportional + integralPercent
        let pushesBeyondEnd = (unlimited >= 100 && errorKelvin > 0) || (unlimited <= 0 && errorKelvin < 0)
        if !pushesBeyondEnd {
            let seconds = elapsed.inSeconds.limited(to: 0...Self.longestStepSeconds)
            integralPercent = (integralPercent + proportional * seconds / integralTimeSeconds).limited(to: 0...100)
        }
        return (proportional + integralPercent).limited(to: 0...100)
    }
}
