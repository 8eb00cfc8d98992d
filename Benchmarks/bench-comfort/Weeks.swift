import Foundation
import RoomPhysics
import TestBench

/// The benchmark of steady control: the four named rooms through a cold and a mild week, with guests and sun, after a
/// first day to settle.
enum Weeks {
    private static let seeds: [UInt64] = [11, 12, 13]

    static let heading =
        column("", 34) + "mean K  spread   RMS K  over K  ±0.5 K     kWh  commands  travel %"

    static func run(_ rivals: Rivals, _ aims: inout Aims) {
        print("Steady at 22 °C, means over \(seeds.count) seeds; the spread is what the RMS holds besides the mean.\n")
        print(heading)
        for (name, week) in [("cold week", Weather.coldWeek), ("mild week", Weather.mildWeek)] {
            for room in RoomParameters.named {
                var rows: [String: [Double]] = [:]
                for controller in rivals.controllers(for: room) {
                    var means = Means()
                    for seed in seeds {
                        let record = DayRun.run(
                            DaySettings(
                                room: room, controller: controller, weather: week(seed), seed: seed, days: 7,
                                settlingHours: 24))
                        means.add(figures(DaySummary(of: record)))
                    }
                    rows[controller.name] = means.values
                    print(row("\(name), \(room.name), \(controller.name)", means.values))
                }
                if let hearth = rows["hearth"], let pi = rows["pi"] { aims.steady(hearth, pi) }
            }
        }
        print("")
    }

    /// Returns the figures of a row, in the order of `heading`.
    static func figures(_ summary: DaySummary) -> [Double] {
        let mean = summary.meanErrorKelvin
        let rms = summary.rootMeanSquareErrorKelvin
        return [
            mean, max(0, rms * rms - mean * mean).squareRoot(), rms, summary.overshootKelvin,
            summary.shareWithinHalfKelvin * 100, summary.heatKilowattHours, Double(summary.valveCommands),
            Double(summary.valveTravelPercent),
        ]
    }

    /// Returns a row as text.
    static func row(_ name: String, _ values: [Double]) -> String {
        column(name, 33)
            + String(
                format: "%+7.2f %7.2f %7.2f %7.2f %5.1f %% %7.1f %9.0f %9.0f", values[0], values[1], values[2],
                values[3], values[4], values[5], values[6], values[7])
    }
}
