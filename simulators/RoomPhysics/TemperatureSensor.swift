import Foundation

/// A temperature sensor with its placement, lag and error.
package struct TemperatureSensor: Sendable {
    /// The placement of a sensor, with its effects.
    package struct Placement: Sendable, Hashable {
        /// The offset from the true temperature, in K.
        package var offsetKelvin: Double
        /// The weight of the wall behind it, rather than the air, in the measured temperature, 0…1.
        package var wallShare: Double
        /// The time constant, in s.
        package var lagSeconds: Double

        /// Creates a placement.
        package init(offsetKelvin: Double, wallShare: Double, lagSeconds: Double) {
            self.offsetKelvin = offsetKelvin
            self.wallShare = wallShare
            self.lagSeconds = lagSeconds
        }

        /// The five placements in a hotel room: by the door, above the desk, on the inner wall, by the window, at the
        /// bed.
        package static let five = [
            Placement(offsetKelvin: 0.0, wallShare: 0.10, lagSeconds: 240),
            Placement(offsetKelvin: 0.3, wallShare: 0.05, lagSeconds: 180),
            Placement(offsetKelvin: 0.1, wallShare: 0.25, lagSeconds: 420),
            Placement(offsetKelvin: -0.3, wallShare: 0.15, lagSeconds: 300),
            Placement(offsetKelvin: -0.1, wallShare: 0.10, lagSeconds: 240),
        ]
    }

    /// The resolution of reports: tenths of a kelvin.
    package static let stepsPerKelvin = 10.0

    private static let noiseKelvin = 0.04
    /// The standard deviation between two sensors at the same place, in K.
    private static let scatterKelvin = 0.1

    private let placement: Placement
    private let offsetKelvin: Double
    private var generator: SplitMix64
    private var felt: Double

    /// Creates a sensor settled at a temperature.
    ///
    /// - Parameter name: distinguishes the sensors of a simulation; with `seed` it determines the sensor's own error.
    package init(placement: Placement, seed: UInt64, name: String, celsius: Double) {
        self.placement = placement
        generator = SplitMix64(seed: seed, for: "temperature \(name)")
        offsetKelvin = placement.offsetKelvin + generator.normal(deviation: Self.scatterKelvin)
        felt = celsius
    }

    /// Advances by `seconds` in air and before a wall of the given temperatures.
    package mutating func step(seconds: Double, airCelsius: Double, wallCelsius: Double) {
        let around = airCelsius + placement.wallShare * (wallCelsius - airCelsius)
        felt += (1 - exp(-seconds / placement.lagSeconds)) * (around - felt)
    }

    /// Returns the present report, in °C: with error and noise, in tenths.
    package mutating func read() -> Double {
        let value = felt + offsetKelvin + generator.normal(deviation: Self.noiseKelvin)
        return (value * Self.stepsPerKelvin).rounded() / Self.stepsPerKelvin
    }
}
