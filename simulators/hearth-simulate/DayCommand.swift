import ArgumentParser
import Building
import ClimateControl
import Foundation
import RoomPhysics
import TestBench

/// The subcommand `day`, which simulates one room in virtual time.
struct DayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "day",
        abstract: "Simulates one room for a day or more in virtual time, with the gateway's own control code.",
        discussion: """
            Prints how well the set-point was held, with an hourly table for a single day, and draws a chart (SVG). \
            The same options always give the same days. --compare runs all controllers side by side; `pi` is tuned for \
            the room by a step test and Skogestad's rules.
            """)

    @Option(help: ArgumentHelp("The room: light, heavy, oversized, undersized, or drawn-<seed>.", valueName: "name"))
    var room = RoomChoice(parameters: .light)

    @Option(help: ArgumentHelp("The weather: day (set below), cold-week or mild-week.", valueName: "name"))
    var weather: WeatherChoice = .day

    @Option(help: ArgumentHelp("The number of days. Default: 1, or 7 for a week.", valueName: "number"))
    var days: Int?

    @Option(help: ArgumentHelp("The controller: hearth, pi or on-off.", valueName: "name"))
    var controller: ControllerChoice = .hearth

    @Flag(help: "Compare hearth, pi and on-off side by side.")
    var compare = false

    @Option(
        help: ArgumentHelp(
            "A sensor fault: \(SensorFault.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
    var fault: SensorFault?

    @Option(parsing: .upToNextOption, help: ArgumentHelp("The sensors with the fault, 1…5.", valueName: "number"))
    var faulty: [Int] = [1, 2]

    @Option(help: ArgumentHelp("The hour at which the fault starts.", valueName: "hour"))
    var faultHour = 12

    @Option(help: ArgumentHelp("The set-point in °C, 5…30.", valueName: "celsius"))
    var setpoint = 22.0

    @Option(
        help: ArgumentHelp(
            "The set-point from 22:00 to 06:00 in °C, 5…30. Default: as during the day.", valueName: "celsius"))
    var nightSetpoint: Double?

    @Option(help: ArgumentHelp("The daily mean of the outdoor temperature in °C, -50…50.", valueName: "celsius"))
    var outdoorMean = -2.0

    @Option(
        help: ArgumentHelp("The amplitude of the outdoor temperature around its mean in K, 0…30.", valueName: "kelvin"))
    var outdoorAmplitude = 5.0

    @Option(help: ArgumentHelp("The random seed for weather, guests and sensor errors.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "The file of the chart. Default: hearth-day-<room>.svg in this folder. With rsvg-convert or ImageMagick "
                + "installed, a PNG as well.", valueName: "path"),
        completion: .file(extensions: ["svg"]))
    var svg: String?

    @Flag(help: "Print a JSON object instead of the table.")
    var json = false

    func validate() throws {
        try check(setpoint, "--setpoint", within: SetpointLimits.celsius)
        if let nightSetpoint { try check(nightSetpoint, "--night-setpoint", within: SetpointLimits.celsius) }
        try check(outdoorMean, "--outdoor-mean", within: -50...50)
        try check(outdoorAmplitude, "--outdoor-amplitude", within: 0...30)
        try check(Double(days ?? 1), "--days", within: 1...60)
        try check(Double(faultHour), "--fault-hour", within: 0...1440)
        for number in faulty { try check(Double(number), "--faulty", within: 1...5) }
        if json && compare { throw ValidationError("--json reports a single controller; omit --compare.") }
    }

    func run() throws {
        let kinds = compare ? ControllerChoice.allCases : [controller]
        let records = kinds.map { DayRun.run(settings(of: $0)) }
        let path = svg ?? "hearth-day-\(room.parameters.name.replacing(" ", with: "-")).svg"
        try write(DayChart(records[0], beside: Array(records.dropFirst())).svg, to: path)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(DayReport(records[0])), as: UTF8.self))
        } else {
            if compare { print(ComparisonTable(records)) } else { print(DayTable(records[0])) }
            let png = Picture.png(of: path)
            print("\nchart: \(path)\(png.map { ", \($0)" } ?? "")")
        }
    }

    /// Returns the settings of a run with the given controller.
    private func settings(of controller: ControllerChoice) -> DaySettings {
        let days = days ?? (weather == .day ? 1 : 7)
        let day = OutdoorDay(meanCelsius: outdoorMean, amplitudeKelvin: outdoorAmplitude)
        let changes = nightSetpoint.map { night in
            (0..<days).flatMap { number in
                [
                    DaySettings.Change(second: number * 86_400 + 6 * 3600, setpointCelsius: setpoint),
                    DaySettings.Change(second: number * 86_400 + 22 * 3600, setpointCelsius: night),
                ]
            }
        }
        return DaySettings(
            room: room.parameters, controller: controller.kind(for: room.parameters),
            climate: RoomClimateSettings(setpointCelsius: nightSetpoint ?? setpoint),
            weather: weather.weather(day: day, seed: seed), seed: seed, days: days, changes: changes ?? [],
            failures: fault.map { fault in
                faulty.map { DaySettings.Failure(sensor: $0 - 1, fault: fault, second: faultHour * 3600) }
            } ?? [])
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure(
                "The chart can't be written to \(path): \(CommandFailure.cause(of: error)). "
                    + "Specify a writable file with --svg.")
        }
    }

    private func check(_ value: Double, _ option: String, within range: ClosedRange<Double>) throws {
        guard range.contains(value) else {
            throw ValidationError(
                "\(option) \(value) is out of range: \(Int(range.lowerBound))…\(Int(range.upperBound)).")
        }
    }
}
