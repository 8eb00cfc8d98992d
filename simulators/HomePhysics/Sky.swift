package import Foundation
internal import RoomPhysics

/// The weather over a home, clouds and temperature, at any moment of any year. It has no memory: the same moment always
/// has the same weather.
package struct Sky: Sendable, Hashable {
    private let place: Place
    private let seed: UInt64

    /// Creates the weather of a location. The seed determines its clouds and its warm and cold days.
    package init(over place: Place, seed: UInt64) {
        self.place = place
        self.seed = seed
    }

    /// Returns the share of the clear sky's light that comes through, 0.1…1: bright and dull days, and clouds that pass
    /// within the hour.
    package func clearness(at moment: Date) -> Double {
        let hours = place.local(moment).hours
        let day = noise("days", hours / 24)
        let clouds = noise("clouds", hours * 2)
        return min(1, max(0.1, 0.08 + 0.95 * day + 0.45 * (clouds - 0.5)))
    }

    /// Returns the air temperature, in °C: by season and time of day, with a few degrees of variation from day to day.
    /// The climate is temperate; the southern hemisphere has its summer in January.
    package func celsius(at moment: Date) -> Double {
        let local = place.local(moment)
        let season = cos(2 * .pi * (Double(local.day).truncatingRemainder(dividingBy: 365.2425) - 200) / 365.2425)
        let hemisphere = place.latitude < 0 ? -1.0 : 1.0
        // The swing of the seasons grows with the distance from the equator, and the mean falls.
        let distance = min(1, abs(place.latitude) / 60)
        let mean = 27 - 19 * distance + hemisphere * season * 12 * distance
        let daily = 5 * cos(2 * .pi * (local.hour - 15) / 24)
        return mean + daily + 8 * (noise("warmth", local.hours / 24) - 0.5)
    }

    /// Returns a value of 0…1 that is random at whole numbers and smooth between them.
    private func noise(_ name: String, _ position: Double) -> Double {
        let before = position.rounded(.down)
        let share = position - before
        let smooth = share * share * (3 - 2 * share)
        return drawn(name, Int(before)) * (1 - smooth) + drawn(name, Int(before) + 1) * smooth
    }

    /// Returns the random value at a whole number.
    private func drawn(_ name: String, _ number: Int) -> Double {
        var generator = SplitMix64(seed: seed, for: "\(name) \(number)")
        return generator.unit()
    }
}
