import Foundation

/// One of the building's electricity meters: a load that follows the time of day, with the fluctuation of many small
/// consumers.
package struct PowerMeter: Sendable {
    /// The kind of load behind a meter.
    package enum Load: Sendable, Hashable, CaseIterable {
        case airConditioning, lighting, plugLoad

        /// The mean power at night, in kW, as real meters of a hotel showed it between 0:00 and 2:00.
        fileprivate var nightKilowatts: Double {
            switch self {
            case .airConditioning: 3.5
            case .lighting: 2.1
            case .plugLoad: 1.35
            }
        }

        /// The power by hour, relative to that at night.
        fileprivate var shape: [Double] {
            switch self {
            case .airConditioning:
                [
                    1.00, 1.00, 0.97, 0.95, 0.95, 0.98, 1.10, 1.30, 1.45, 1.50, 1.50, 1.50,
                    1.45, 1.50, 1.55, 1.55, 1.50, 1.45, 1.40, 1.35, 1.25, 1.15, 1.10, 1.05,
                ]
            case .lighting:
                [
                    1.00, 0.95, 0.90, 0.90, 0.90, 1.00, 1.40, 1.80, 1.70, 1.40, 1.30, 1.30,
                    1.30, 1.30, 1.30, 1.40, 1.80, 2.20, 2.50, 2.60, 2.50, 2.20, 1.70, 1.30,
                ]
            case .plugLoad:
                [
                    1.00, 0.85, 0.80, 0.80, 0.80, 0.90, 1.30, 1.90, 2.30, 2.50, 2.50, 2.60,
                    2.70, 2.60, 2.50, 2.40, 2.40, 2.30, 2.30, 2.40, 2.20, 1.90, 1.50, 1.20,
                ]
            }
        }
    }

    private static let unrestKilowatts = 0.4
    private static let memorySeconds = 600.0

    /// The kind of load behind this meter.
    package let load: Load
    private let size: Double
    private var generator: SplitMix64
    private var unrest: Double

    /// Creates a meter.
    ///
    /// - Parameter name: distinguishes the meters of a simulation; with `seed` it determines size and fluctuation.
    package init(load: Load, seed: UInt64, name: String) {
        self.load = load
        generator = SplitMix64(seed: seed, for: "meter \(name)")
        size = 1 + generator.normal(deviation: 0.04)
        unrest = generator.normal(deviation: Self.unrestKilowatts)
    }

    /// Advances by `seconds`: the fluctuation changes.
    package mutating func advance(seconds: Double) {
        let kept = exp(-max(0, seconds) / Self.memorySeconds)
        unrest = unrest * kept + generator.normal(deviation: Self.unrestKilowatts * (1 - kept * kept).squareRoot())
    }

    /// Returns the power in kW with two decimals, at least 0.05. `secondOfDay` counts from local midnight; days repeat.
    package func kilowatts(secondOfDay: Double) -> Double {
        let hour = secondOfDay / 3600 - 0.5
        let before = Int(hour.rounded(.down))
        let share = hour - hour.rounded(.down)
        let shape = load.shape
        let factor = shape[Self.hourOfDay(before)] * (1 - share) + shape[Self.hourOfDay(before + 1)] * share
        let value = max(0.05, load.nightKilowatts * size * factor + unrest)
        return (value * 100).rounded() / 100
    }

    private static func hourOfDay(_ hour: Int) -> Int {
        let rest = hour % 24
        return rest < 0 ? rest + 24 : rest
    }
}
