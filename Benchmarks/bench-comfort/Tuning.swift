import Foundation
import RoomPhysics
import TestBench

/// The tuning of the PI controller: each room gets its own step test. The tightness of the loop is found by a search
/// over random rooms and weather, from seeds that no table uses.
enum Tuning {
    private static let candidates = [0.7, 1.0, 1.5, 2.0, 3.0]
    private static let seeds: [UInt64] = Array(2000..<2012)

    /// Searches for the best slowness, prints the results and returns it.
    static func search() -> Double {
        print(
            """
            The PI controller: for each room a step test (10 % of opening, three hours), a lag with dead time fitted \
            to it,
            and Skogestad's rules for a closed loop of c times the dead time. c is chosen to hold \(seeds.count) rooms \
            drawn at random best:

              c     RMS K   travel %/week
            """)
        let tests = seeds.map { StepTest(of: .drawn(seed: $0)) }
        var best = (slowness: 1.0, rms: Double.infinity)
        for slowness in candidates {
            var means = Means()
            for (seed, test) in zip(seeds, tests) {
                let record = DayRun.run(
                    DaySettings(
                        room: .drawn(seed: seed), controller: .proportionalIntegral(test.tuning(slowness: slowness)),
                        weather: .drawnWeek(seed: seed), seed: seed, days: 7, settlingHours: 24))
                let summary = DaySummary(of: record)
                means.add([summary.rootMeanSquareErrorKelvin, Double(summary.valveTravelPercent)])
            }
            print(String(format: "  %.1f   %.3f   %.0f", slowness, means.values[0], means.values[1]))
            if means.values[0] < best.rms { best = (slowness, means.values[0]) }
        }
        print(
            String(
                format: "\nThe best is c = %.1f. Hearth needs no setting for the room: it tunes itself.\n",
                best.slowness))
        return best.slowness
    }
}

extension Weather {
    /// Returns a cold or a mild week.
    static func drawnWeek(seed: UInt64) -> Weather {
        seed.isMultiple(of: 2) ? .coldWeek(seed: seed) : .mildWeek(seed: seed)
    }
}
