import HomePhysics
import Testing

@Suite struct Appliances {
    /// Its powers at each minute of `days`, from 1 January 2026.
    private func minutes(_ kind: Appliance.Kind, days: Int, seed: UInt64 = 1, celsius: Double = 30) -> [Double] {
        let appliance = Appliance(kind, name: "one", seed: seed)
        return (0..<(days * 1440)).map { minute in
            appliance.watts(
                at: SiteTime(day: 20_454 + minute / 1440, hour: Double(minute % 1440) / 60), outdoorCelsius: celsius)
        }
    }

    private func starts(_ powers: [Double], above watts: Double) -> Int {
        zip(powers, powers.dropFirst()).count { $0 <= watts && $1 > watts }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `a refrigerator's compressor runs a third of the time, day and night`(seed: UInt64) {
        let powers = minutes(.refrigerator, days: 10, seed: seed)
        let running = Double(powers.count { $0 > 50 }) / Double(powers.count)
        #expect((0.28...0.42).contains(running))
        #expect((280...320).contains(starts(powers, above: 50)), "30 cycles a day")
        #expect(powers.allSatisfy { (0...115).contains($0) })
        #expect((0.8...1.3).contains(powers.reduce(0, +) / 60_000 / 10), "about 1 kWh a day")
    }

    @Test func `a dishwasher runs on most evenings, once, and heats twice`() {
        let powers = minutes(.dishwasher, days: 365)
        var runs = 0
        for day in 0..<365 {
            // A run that begins late may end after midnight, which is cut here.
            let today = Array(powers[(day * 1440)..<((day + 1) * 1440)])
            guard let first = today.firstIndex(where: { $0 > 0 }) else { continue }
            runs += 1
            #expect((1140...1290).contains(first), "it begins between 19:00 and 21:30")
            #expect(starts(today, above: 1000) == 2)
            #expect((1.1...1.3).contains(today.reduce(0, +) / 60_000))
        }
        #expect((280...340).contains(runs))
    }

    @Test func `a washing machine runs on some mornings`() {
        let powers = minutes(.washingMachine, days: 365)
        let runs = starts(powers, above: 0)
        #expect((110...190).contains(runs))
        let hours = powers.indices.filter { powers[$0] > 0 }.map { $0 % 1440 / 60 }
        #expect(hours.min()! >= 9 && hours.max()! < 14)
    }

    @Test func `air conditioning runs on warm afternoons, the longer the warmer`() {
        let mild = minutes(.airConditioning, days: 7, celsius: 22)
        let warm = minutes(.airConditioning, days: 7, celsius: 26)
        let hot = minutes(.airConditioning, days: 7, celsius: 33)
        #expect(mild.allSatisfy { $0 == 0 })
        #expect(hot.reduce(0, +) > warm.reduce(0, +) * 2)
        #expect(starts(warm, above: 1000) == 7 * 32, "it switches with its thermostat")
        let hours = hot.indices.filter { hot[$0] > 0 }.map { $0 % 1440 / 60 }
        #expect(hours.min() == 12 && hours.max() == 19)
    }

    @Test func `lamps burn in the morning and in the evening, an oven bakes in the evening`() {
        let lamps = minutes(.lighting, days: 1)
        #expect(lamps[3 * 60] < lamps[13 * 60] && lamps[13 * 60] < lamps[7 * 60] && lamps[7 * 60] < lamps[20 * 60])
        let oven = minutes(.oven, days: 60)
        let hours = oven.indices.filter { oven[$0] > 0 }.map { $0 % 1440 / 60 }
        #expect(hours.min()! >= 17 && hours.max()! <= 20)
        #expect(starts(oven, above: 1000) > 60, "its thermostat switches")
    }

    @Test func `do the same at the same moment, and others do it at others`() {
        for kind in Appliance.Kind.allCases {
            #expect(minutes(kind, days: 3) == minutes(kind, days: 3))
        }
        #expect(minutes(.dishwasher, days: 30, seed: 1) != minutes(.dishwasher, days: 30, seed: 2))
    }
}
