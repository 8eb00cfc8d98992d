internal import RoomPhysics

/// An electric car: a storage that is away now and then, and comes home with less.
package struct Car: Sendable, Hashable {
    package internal(set) var storage: Storage
    package let name: String
    private let seed: UInt64

    /// With less than this it charges at night, whatever that costs, so that it can leave in the morning.
    static let reserve = 0.4
    static let nightHours = 1.0..<5.0

    package init(_ storage: Storage, name: String, seed: UInt64) {
        self.storage = storage
        self.name = name
        self.seed = seed
    }

    package func isHome(at time: SiteTime) -> Bool { trip(on: time)?.hours.contains(time.hour) != true }

    /// What it uses on its way, in W; 0 while it is at home.
    func drivingWatts(at time: SiteTime) -> Double {
        guard let trip = trip(on: time), trip.hours.contains(time.hour) else { return 0 }
        return trip.wattHours / (trip.hours.upperBound - trip.hours.lowerBound)
    }

    /// To work and back on weekdays, on some days of the weekend out in the afternoon.
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
