/// The ways in which a temperature sensor fails, by name.
package enum SensorFault: String, Sendable, Hashable, CaseIterable, Codable {
    /// The sensor repeats its last value forever.
    case stuck
    /// Single values are far off, up to the 85 °C that some sensors report after a reset.
    case spike
    /// The values drift by a tenth of a kelvin per hour.
    case drift
    /// The sensor stops reporting.
    case dropout
    /// The values scatter by 2 K.
    case noisy
    /// The sensor reports degrees Fahrenheit.
    case fahrenheit = "wrong-unit-f"
    /// The sensor reports kelvins.
    case kelvin = "wrong-unit-k"
}

/// The effect of a fault on a sensor's values.
package struct FaultySensor: Sendable {
    private static let driftKelvinPerHour = 0.1
    private static let noiseKelvin = 2.0

    /// The fault that the sensor has.
    package let fault: SensorFault
    private var generator: SplitMix64
    private var stuckAt: Double?
    private let upwards: Bool

    /// Creates a faulty sensor.
    ///
    /// - Parameter name: distinguishes the faults of a simulation.
    package init(_ fault: SensorFault, seed: UInt64, name: String) {
        self.fault = fault
        generator = SplitMix64(seed: seed, for: "fault \(name)")
        upwards = generator.unit() < 0.5
    }

    /// Returns the value that the sensor reports instead of `celsius`, `secondsFailed` after the fault began; `nil` if
    /// it reports none.
    package mutating func report(_ celsius: Double, secondsFailed: Double) -> Double? {
        switch fault {
        case .stuck:
            let value = stuckAt ?? celsius
            stuckAt = value
            return value
        case .spike:
            guard generator.unit() < 0.02 else { return celsius }
            return [85, -127, celsius + 12, celsius - 12, celsius + 4, celsius - 4].randomElement(using: &generator)
        case .drift:
            let drift = secondsFailed / 3600 * Self.driftKelvinPerHour
            return tenths(celsius + (upwards ? drift : -drift))
        case .dropout: return nil
        case .noisy: return tenths(celsius + generator.normal(deviation: Self.noiseKelvin))
        case .fahrenheit: return tenths(celsius * 1.8 + 32)
        case .kelvin: return tenths(celsius + 273.15)
        }
    }

    private func tenths(_ value: Double) -> Double {
        (value * TemperatureSensor.stepsPerKelvin).rounded() / TemperatureSensor.stepsPerKelvin
    }
}
