internal import RoomPhysics

/// A thing that uses electricity in its own way. It has no memory: what it draws follows from the moment alone.
package struct Appliance: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Its compressor runs about a third of the time.
        case refrigerator
        /// One run on most evenings: it heats twice.
        case dishwasher
        /// One run on some mornings.
        case washingMachine = "washing machine"
        /// On warm afternoons; the warmer, the longer of each quarter of an hour.
        case airConditioning = "air conditioning"
        /// In the evening, its thermostat switching; longer at weekends.
        case oven
        /// Lamps and screens: a little by day, much in the evening.
        case lighting
        /// What always runs.
        case standby
    }

    package let kind: Kind
    /// Tells the appliances of a home apart.
    package let name: String
    private let seed: UInt64

    package init(_ kind: Kind, name: String, seed: UInt64) {
        self.kind = kind
        self.name = name
        self.seed = seed
    }

    /// What it draws, in W; 0 while it is off.
    package func watts(at time: SiteTime, outdoorCelsius: Double) -> Double {
        switch kind {
        case .refrigerator: refrigerator(time)
        case .dishwasher: run(time, from: 19, until: 21.5, chance: 0.85, Self.dishwashing)
        case .washingMachine: run(time, from: 9, until: 12, chance: 0.4, Self.washing)
        case .airConditioning: airConditioning(time, outdoorCelsius)
        case .oven: oven(time)
        case .lighting: lighting(time)
        case .standby: 85
        }
    }

    private struct Phase {
        var minutes: Double
        var watts: Double
    }

    private static let dishwashing = [
        Phase(minutes: 8, watts: 60), Phase(minutes: 18, watts: 2050), Phase(minutes: 35, watts: 85),
        Phase(minutes: 15, watts: 2050), Phase(minutes: 14, watts: 40),
    ]
    private static let washing = [
        Phase(minutes: 4, watts: 120), Phase(minutes: 20, watts: 2100), Phase(minutes: 50, watts: 160),
        Phase(minutes: 12, watts: 480),
    ]

    /// One run a day at most, that begins at a time of its own each day.
    private func run(_ time: SiteTime, from first: Double, until last: Double, chance: Double, _ phases: [Phase])
        -> Double
    {
        var generator = SplitMix64(seed: seed, for: "\(name) day \(time.day)")
        guard generator.unit() < chance else { return 0 }
        var minutes = (time.hour - (first + (last - first) * generator.unit())) * 60
        guard minutes >= 0 else { return 0 }
        for phase in phases {
            if minutes < phase.minutes { return phase.watts }
            minutes -= phase.minutes
        }
        return 0
    }

    /// Cycles of 48 minutes, each with a length of its own.
    private func refrigerator(_ time: SiteTime) -> Double {
        var whole = SplitMix64(seed: seed, for: "\(name) offset")
        let cycles = time.hours / 0.8 + whole.unit()
        let number = cycles.rounded(.down)
        var generator = SplitMix64(seed: seed, for: "\(name) cycle \(Int(number))")
        let runs = 0.28 + 0.12 * generator.unit()
        return cycles - number < runs ? 95 + 15 * generator.unit() : 2
    }

    private func airConditioning(_ time: SiteTime, _ outdoorCelsius: Double) -> Double {
        guard time.hour >= 12, time.hour < 20, outdoorCelsius > 24 else { return 0 }
        let quarter = (time.hour * 4).truncatingRemainder(dividingBy: 1)
        return quarter < min(1, (outdoorCelsius - 22) / 10) ? 1450 : 30
    }

    private func oven(_ time: SiteTime) -> Double {
        var generator = SplitMix64(seed: seed, for: "\(name) day \(time.day)")
        guard generator.unit() < (time.isWeekend ? 0.9 : 0.6) else { return 0 }
        let minutes = (time.hour - 17.5 - 1.5 * generator.unit()) * 60
        guard minutes >= 0, minutes < (time.isWeekend ? 75 : 40) else { return 0 }
        // Heats for ten minutes, then keeps its warmth: two of every six.
        return minutes < 10 || minutes.truncatingRemainder(dividingBy: 6) < 2 ? 2300 : 60
    }

    private func lighting(_ time: SiteTime) -> Double {
        var generator = SplitMix64(seed: seed, for: "\(name) day \(time.day)")
        let bedtime = 22 + 1.5 * generator.unit()
        switch time.hour {
        case 6.2..<8: return 140
        case 17..<bedtime: return 260
        default: return time.hour < 6.2 || time.hour >= bedtime ? 8 : 45
        }
    }
}
