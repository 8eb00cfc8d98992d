import RoomPhysics
import Testing

@Suite struct `Chance` {
    @Test func `is SplitMix64, number by number`() {
        var generator = SplitMix64(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
        #expect(generator.next() == 9_817_491_932_198_370_423)
    }

    @Test func `is drawn alike for the same seed and name, and differently for others`() {
        func first(_ seed: UInt64, _ name: String) -> UInt64 {
            var generator = SplitMix64(seed: seed, for: name)
            return generator.next()
        }
        #expect(first(1, "a") == first(1, "a"))
        #expect(first(1, "a") != first(1, "b"))
        #expect(first(1, "a") != first(2, "a"))
    }

    @Test func `has the deviation it was asked for`() {
        var generator = SplitMix64(seed: 4)
        let values = (0..<20_000).map { _ in generator.normal(deviation: 2) }
        let mean = values.reduce(0, +) / 20_000
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000).squareRoot()
        #expect(abs(mean) < 0.05)
        #expect(abs(deviation - 2) < 0.05)
    }
}

@Suite struct `The weather` {
    @Test func `is coldest at 5 and warmest at 15 o'clock, and repeats every day`() {
        let day = OutdoorDay(meanCelsius: -2, amplitudeKelvin: 5)
        #expect(abs(day.celsius(secondOfDay: 5 * 3600) - -7) < 1e-9)
        #expect(abs(day.celsius(secondOfDay: 15 * 3600) - 3) < 1e-9)
        let hours = stride(from: 0.0, to: 24, by: 0.25).map { day.celsius(secondOfDay: $0 * 3600) }
        #expect(abs(hours.reduce(0, +) / 96 - -2) < 0.1)
        for hour in [-30.0, 0, 3.3, 23.9] {
            let one = day.celsius(secondOfDay: hour * 3600)
            let next = day.celsius(secondOfDay: (hour + 24) * 3600)
            #expect(abs(one - next) < 1e-9)
        }
    }

    @Test func `the sun shines by day`() {
        let day = OutdoorDay()
        #expect(day.clearSun(secondOfDay: 3 * 3600) == 0)
        #expect(day.clearSun(secondOfDay: 22 * 3600) == 0)
        #expect(abs(day.clearSun(secondOfDay: 12 * 3600) - 350) < 1e-9)
    }

    @Test func `of a week is drawn from its seed, changes without jumps, and repeats`() {
        #expect(Weather.coldWeek(seed: 4) == Weather.coldWeek(seed: 4))
        #expect(Weather.coldWeek(seed: 4) != Weather.coldWeek(seed: 5))
        let week = Weather.coldWeek(seed: 4)
        let minutes = (0...7 * 1440).map { week.celsius(secondOfDay: Double($0) * 60) }
        #expect(zip(minutes, minutes.dropFirst()).allSatisfy { abs($0 - $1) < 0.1 })
        #expect(abs(minutes[0] - minutes[7 * 1440]) < 1e-9)
        let means = (UInt64(0)..<20).map { seed in
            Weather.mildWeek(seed: seed).days.reduce(0) { $0 + $1.meanCelsius } / 7
        }
        #expect(abs(means.reduce(0, +) / 20 - 7) < 2)
    }

    @Test func `the boiler gives the warmer water the colder it is, within limits`() {
        let curve = HeatingCurve(designSupplyCelsius: 55)
        #expect(abs(curve.supplyCelsius(outdoorCelsius: -12) - 55) < 1e-9)
        let supplies = stride(from: -40.0, through: 35, by: 5).map { curve.supplyCelsius(outdoorCelsius: $0) }
        #expect(supplies == supplies.sorted(by: >))
        #expect(supplies.allSatisfy { (25...75).contains($0) })
    }
}
