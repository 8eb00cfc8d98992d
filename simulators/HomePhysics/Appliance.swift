internal import RoomPhysics

/// A consumer of electricity with its own daily pattern. It has no memory: its power follows from the time alone.
package struct Appliance: Sendable, Hashable {
    /// The kind of an appliance, which determines its pattern.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A refrigerator, whose compressor runs about a third of the time.
        case refrigerator
        /// A dishwasher, which runs once on most evenings and heats twice.
        case dishwasher
        /// A washing machine, which runs once on some mornings.
        case washingMachine = "washing machine"
        /// An air conditioner, which runs on warm afternoons; the warmer it is, the longer in each quarter of an hour.
        case airConditioning = "air conditioning"
        /// An oven, which runs in the evening with a switching thermostat; longer at weekends.
        case oven
        /// Lamps and screens: a little by day, much in the evening.
        case lighting
        /// Everything that is always on.
        case standby
    }

    /// The kind of the appliance.
    package let kind: Kind
    /// The name that distinguishes the appliances of a home.
    package let name: String
    private let seed: UInt64

    /// Creates an appliance. The seed and the name determine its times.
    package init(_ kind: Kind, name: String, seed: UInt64) {
        self.kind = kind
        self.name = name
        self.seed = seed
    }

    /// Returns the power it draws, in W; 0 while it is off.
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

    /// A phase of a program.
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

    /// Returns the power of a program that runs at most once a day, at a different time each day.
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

    /// Returns the power of a compressor in cycles of 48 minutes with varying run times.
    private func refrigerator(_ time: SiteTime) -> Double {
        var whole = SplitMix64(seed: seed, for: "\(name) offset")
        let cycles = time.hours / 0.8 + whole.unit()
        let number = cycles.rounded(.down)
        var generator = SplitMix64(seed: seed, for: "\(name) cycle \(Int(number))")
        let runs = 0.28 + 0.12 * generator.unit()
        return cycles - number < runs ? 95 + 15 * generator.unit() : 2
    }

    /// Returns the power of an air conditioner.
    private func airConditioning(_ time: SiteTime, _ outdoorCelsius: Double) -> Double {
        guard time.hour >= 12, time.hour < 20, outdoorCelsius > 24 else { return 0 }
        let quarter = (time.hour * 4).truncatingRemainder(dividingBy: 1)
        return quarter < min(1, (outdoorCelsius - 22) / 10) ? 1450 : 30
    }

    /// Returns the power of an oven.
    private func oven(_ time: SiteTime) -> Double {
        var generator = SplitMix64(seed: seed, for: "\(name) day \(time.day)")
        guard generator.unit() < (time.isWeekend ? 0.9 : 0.6) else { return 0 }
        let minutes = (time.hour - 17.5 - 1.5 * generator.unit()) * 60
        guard minutes >= 0, minutes < (time.isWeekend ? 75 : 40) else { return 0 }
        // It heats for ten minutes, then for two of every six to keep its temperature.
        return minutes < 10 || minutes.truncatingRemainder(dividingBy: 6) < 2 ? 2300 : 60
    }

    /// Returns the power of lamps and screens.
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
