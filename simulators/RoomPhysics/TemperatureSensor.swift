import Foundation

/// A temperature sensor: where it hangs, how slowly it follows, how it errs.
package struct TemperatureSensor: Sendable {
    /// Where a sensor hangs, and what that does to it.
    package struct Placement: Sendable, Hashable {
        /// Added to the true temperature, in K.
        package var offsetKelvin: Double
        /// How far it feels the wall behind it instead of the air, 0…1.
        package var wallShare: Double
        /// How slowly it follows, in s.
        package var lagSeconds: Double

        package init(offsetKelvin: Double, wallShare: Double, lagSeconds: Double) {
            self.offsetKelvin = offsetKelvin
            self.wallShare = wallShare
            self.lagSeconds = lagSeconds
        }

        /// The five places of a hotel room: by the door, over the desk, on the inner wall, by the window, at the bed.
        package static let five = [
            Placement(offsetKelvin: 0.0, wallShare: 0.10, lagSeconds: 240),
            Placement(offsetKelvin: 0.3, wallShare: 0.05, lagSeconds: 180),
            Placement(offsetKelvin: 0.1, wallShare: 0.25, lagSeconds: 420),
            Placement(offsetKelvin: -0.3, wallShare: 0.15, lagSeconds: 300),
            Placement(offsetKelvin: -0.1, wallShare: 0.10, lagSeconds: 240),
        ]
    }

    /// It reports in tenths of a kelvin.
    package static let stepsPerKelvin = 10.0

    private static let noiseKelvin = 0.04
    /// How far two sensors in the same place differ.
    private static let scatterKelvin = 0.1

    private let placement: Placement
    private let offsetKelvin: Double
    private var generator: SplitMix64
    private var felt: Double

    /// - Parameter name: Tells the sensors of one simulation apart; with `seed` it fixes the sensor's own error.
    package init(placement: Placement, seed: UInt64, name: String, celsius: Double) {
        self.placement = placement
        generator = SplitMix64(seed: seed, for: "temperature \(name)")
        offsetKelvin = placement.offsetKelvin + generator.normal(deviation: Self.scatterKelvin)
        felt = celsius
    }

    /// Lets `seconds` pass in this air, before this wall.
    package mutating func step(seconds: Double, airCelsius: Double, wallCelsius: Double) {
        let around = airCelsius + placement.wallShare * (wallCelsius - airCelsius)
        felt += (1 - exp(-seconds / placement.lagSeconds)) * (around - felt)
    }

    /// What it reports now, in °C: with its error and noise, in tenths.
    package mutating func read() -> Double {
        let value = felt + offsetKelvin + generator.normal(deviation: Self.noiseKelvin)
        return (value * Self.stepsPerKelvin).rounded() / Self.stepsPerKelvin
    }
}
