internal import RoomPhysics

/// An electric car: a storage that is sometimes away and returns with less charge.
package struct Car: Sendable, Hashable {
    /// The battery of the car.
    package internal(set) var storage: Storage
    /// The name that distinguishes the cars of a home.
    package let name: String
    private let seed: UInt64

    /// The share of charge below which it charges at night, whatever the cost, so that it can leave in the morning.
    static let reserve = 0.4
    /// The local hours of night charging.
    static let nightHours = 1.0..<5.0

    /// Creates a car. The seed and the name determine its trips.
    package init(_ storage: Storage, name: String, seed: UInt64) {
        self.storage = storage
        self.name = name
        self.seed = seed
    }

    /// Returns whether the car is at home.
    package func isHome(at time: SiteTime) -> Bool { trip(on: time)?.hours.contains(time.hour) != true }

    /// Returns the power it uses for driving, in W; 0 while it is at home.
    func drivingWatts(at time: SiteTime) -> Double {
        guard let trip = trip(on: time), trip.hours.contains(time.hour) else { return 0 }
        return trip.wattHours / (trip.hours.upperBound - trip.hours.lowerBound)
    }

    /// Returns the trip of the day: to work and back on weekdays, in the afternoon on some weekend days.
    private func trip(on time: SiteTime) -> (hours: Range<Double>, wattHours: Double)? {
        var generator = SplitMix64(seed: seed, for: "\(name) day \(time.day)")
        if time.isWeekend {
            guard generator.unit() < 0.6 else { return nil }
            let start = 13 + 2 * generator.unit()
            return (start..<(start + 2 + 2 * generator.unit()), 4000 + 8000 * generator.unit())
        }
        let start = 7.5 + 0.8 * generator.unit()
        return (start..<(16.5 + 1.5 * generator.unit()), 5000 + 5000 * generator.unit())
    }
}
