import Foundation

/// The guests of a hotel room, who are present about 30 % of the day, mostly between 9:00 and 18:00, with a dip at
/// noon.
///
/// The hourly probabilities and the lengths of stays follow a month of records of a real presence sensor, which detects
/// moving people: sleepers count as absent.
package struct Guests: Sendable {
    /// The probability that someone is present, by hour.
    private static let presenceByHour = [
        0.04, 0.05, 0.07, 0.08, 0.08, 0.05, 0.05, 0.20, 0.31, 0.53, 0.58, 0.60,
        0.37, 0.60, 0.59, 0.61, 0.66, 0.60, 0.44, 0.31, 0.07, 0.09, 0.04, 0.03,
    ]
    /// The time constant, in seconds, of presence and absence. A stay lasts this long divided by the probability of
    /// absence.
    private static let memorySeconds = 1500.0

    private var generator: SplitMix64
    /// The number of guests in the room: 0, 1 or 2.
    package private(set) var count: Int

    /// Creates the guests. The seed and the name determine when they come and go.
    package init(seed: UInt64, name: String, secondOfDay: Double) {
        generator = SplitMix64(seed: seed, for: "guests \(name)")
        count = 0
        if generator.unit() < Self.presence(secondOfDay: secondOfDay) { count = Self.party(&generator) }
    }

    /// A Boolean value that indicates whether at least one guest is in the room.
    package var areHere: Bool { count > 0 }

    /// Advances by `seconds`: guests may come or leave.
    mutating func step(seconds: Double, secondOfDay: Double) {
        let presence = Self.presence(secondOfDay: secondOfDay)
        let changing = areHere ? 1 - presence : presence
        guard generator.unit() < 1 - exp(-seconds * changing / Self.memorySeconds) else { return }
        count = areHere ? 0 : Self.party(&generator)
    }

    /// Returns the random number of guests who come, 1 or 2.
    private static func party(_ generator: inout SplitMix64) -> Int {
        generator.unit() < 0.6 ? 1 : 2
    }

    /// Returns the probability of presence at a time of day.
    private static func presence(secondOfDay: Double) -> Double {
        let hour = Int((secondOfDay / 3600).rounded(.down)) % 24
        return presenceByHour[hour < 0 ? hour + 24 : hour]
    }
}
