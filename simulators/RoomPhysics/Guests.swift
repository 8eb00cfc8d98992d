import Foundation

/// Guests who come and go: in a hotel room about 30 % of the day, mostly between 9 and 18 o'clock, with a dip at noon.
///
/// The chances by hour and the length of stays follow a month of records of a real presence sensor, which tells
/// people who move from an empty room: sleepers count as nobody.
package struct Guests: Sendable {
    /// The share of each hour in which someone is there.
    private static let presenceByHour = [
        0.04, 0.05, 0.07, 0.08, 0.08, 0.05, 0.05, 0.20, 0.31, 0.53, 0.58, 0.60,
        0.37, 0.60, 0.59, 0.61, 0.66, 0.60, 0.44, 0.31, 0.07, 0.09, 0.04, 0.03,
    ]
    /// How long presence and absence are remembered. A stay lasts this over the chance of absence.
    private static let memorySeconds = 1500.0

    private var generator: SplitMix64
    /// How many guests are in the room: 0, 1 or 2.
    package private(set) var count: Int

    package init(seed: UInt64, name: String, secondOfDay: Double) {
        generator = SplitMix64(seed: seed, for: "guests \(name)")
        count = 0
        if generator.unit() < Self.presence(secondOfDay: secondOfDay) { count = Self.party(&generator) }
    }

    package var areHere: Bool { count > 0 }

    mutating func step(seconds: Double, secondOfDay: Double) {
        let presence = Self.presence(secondOfDay: secondOfDay)
        let changing = areHere ? 1 - presence : presence
        guard generator.unit() < 1 - exp(-seconds * changing / Self.memorySeconds) else { return }
        count = areHere ? 0 : Self.party(&generator)
    }

    private static func party(_ generator: inout SplitMix64) -> Int {
        generator.unit() < 0.6 ? 1 : 2
    }

    private static func presence(secondOfDay: Double) -> Double {
        let hour = Int((secondOfDay / 3600).rounded(.down)) % 24
        return presenceByHour[hour < 0 ? hour + 24 : hour]
    }
}
