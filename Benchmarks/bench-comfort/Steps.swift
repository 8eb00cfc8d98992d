import ClimateControl
import Foundation
import RoomPhysics
import TestBench

/// The benchmark of changing set-points: a step of 2 K by day, and a set-back of 3 K by night.
enum Steps {
    private static let seeds: [UInt64] = [21, 22, 23]
    private static let day = 86_400
    private static let hour = 3600

    static func run(_ rivals: Rivals, _ aims: inout Aims) {
        print(
            """
            A step from 20 to 22 °C at 12:00 of the third day, observed for 8 hours. Over: above the set-point; late: \
            until the
            room is within 0.5 K for the first time. A night set-back to 19 °C from 22:00 to 06:00: errors of the \
            third
            day from 6 to 22 o'clock, heat and travel of all three days.

            """)
        print(
            column("", 34) + "step: over K   late min   RMS K     night: RMS K  over K     kWh  travel %")
        for room in RoomParameters.named {
            for controller in rivals.controllers(for: room) {
                var means = Means()
                for seed in seeds {
                    means.add(step(room, controller, seed) + night(room, controller, seed))
                }
                let values = means.values
                print(
                    column("\(room.name), \(controller.name)", 33)
                        + String(
                            format: "%13.2f %10.0f %7.2f %16.2f %7.2f %7.1f %9.0f", values[0], values[1], values[2],
                            values[3], values[4], values[5], values[6]))
                if controller == .hearth { aims.overshoot(values[0]) }
            }
        }
        print("")
    }

    /// Returns overshoot in K, delay in min and RMS error in K after a step.
    private static func step(_ room: RoomParameters, _ controller: ControllerKind, _ seed: UInt64) -> [Double] {
        let record = DayRun.run(
            DaySettings(
                room: room, controller: controller, climate: .init(setpointCelsius: 20), seed: seed, days: 3,
                startCelsius: 20, changes: [.init(second: 2 * day + 12 * hour, setpointCelsius: 22)]))
        let after = record.samples.filter {
            (2 * day + 12 * hour...2 * day + 20 * hour).contains($0.second)
        }
        let errors = after.map { $0.roomCelsius - 22 }
        let late = errors.firstIndex { $0 > -0.5 } ?? errors.count
        let rms = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
        return [max(0, errors.max() ?? 0), Double(late), rms]
    }

    /// Returns RMS error and overshoot by day in K, heat in kWh and valve travel in % with a night set-back.
    private static func night(_ room: RoomParameters, _ controller: ControllerKind, _ seed: UInt64) -> [Double] {
        let changes = (0..<3).flatMap { number in
            [
                DaySettings.Change(second: number * day + 6 * hour, setpointCelsius: 22),
                DaySettings.Change(second: number * day + 22 * hour, setpointCelsius: 19),
            ]
        }
        let record = DayRun.run(
            DaySettings(
                room: room, controller: controller, climate: .init(setpointCelsius: 19), seed: seed, days: 3,
                settlingHours: 48, startCelsius: 19, changes: changes))
        let byDay = record.samples.filter { (2 * day + 6 * hour..<2 * day + 22 * hour).contains($0.second) }
        let errors = byDay.map { $0.roomCelsius - 22 }
        let rms = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
        let summary = DaySummary(of: record)
        return [rms, max(0, errors.max() ?? 0), summary.heatKilowattHours, Double(summary.valveTravelPercent)]
    }
}
