import Foundation
import RoomPhysics
import TestBench

/// The benchmark of rooms with a single mass behind emitters of three to ten times their load, for five days including
/// the first minute: a plant that differs from the controller's model, in which a percent of opening has up to fifty
/// times the usual effect.
enum OneMassRooms {
    private static let lags = [0.0, 900]

    static func run() {
        print(
            """
            Rooms of one mass, five days, the first included; the worst of four: emitters that lag by nothing and by \
            15 min, sensors
            that lag by nothing and by 3 to 7 min. “window”: minutes for which a window was wrongly assumed to be open. \
            Lowest: below the
            set-point, after the first hour and after the third.

            """)
        print(
            column("mass, h", 10) + column("times load", 12)
                + "window min   lowest K   after 3 h   RMS K   commands/day   travel %/day")
        for hours in [0.4, 0.7, 1, 2, 4] {
            for times in [3.0, 6, 10] { print(row(hours: hours, times: times)) }
        }
        print("")
    }

    /// Returns the row of one room: the worst of four combinations of lags.
    private static func row(hours: Double, times: Double) -> String {
        var window = 0
        var (lowest, later, rms, commands, travel) = (0.0, 0.0, 0.0, 0, 0)
        for lag in lags {
            for sensorsLag in [false, true] {
                let room = OneMassParameters(
                    timeConstantHours: hours, emitterTimesLoad: times, emitterLagSeconds: lag)
                let settings = OneMassSettings(room: room, sensorsLag: sensorsLag)
                let record = OneMassRun.run(settings)
                let errors = record.errors(from: 3600)
                window = max(window, record.falseWindowMinutes)
                lowest = min(lowest, errors.min() ?? 0)
                later = min(later, record.errors(from: 3 * 3600).min() ?? 0)
                let square = errors.reduce(0) { $0 + $1 * $1 } / Double(max(1, errors.count))
                rms = max(rms, square.squareRoot())
                commands = max(commands, record.commands / settings.days)
                travel = max(travel, record.travelPercent / settings.days)
            }
        }
        return String(
            format: "%-10.1f%-12.0f%10d %10.2f %11.2f %7.2f %14d %14d", hours, times, window, lowest, later, rms,
            commands, travel)
    }
}
