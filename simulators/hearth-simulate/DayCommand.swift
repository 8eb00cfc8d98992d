import ArgumentParser
import ClimateControl
import Foundation
import RoomPhysics
import TestBench

struct DayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "day",
        abstract: "Lives through 24 hours of one room in virtual time, with the gateway's own control code.",
        discussion: """
            Prints a table by the hour and how well the set-point was held, and draws a chart (SVG). The same options \
            always give the same day.
            """)

    @Option(help: ArgumentHelp("The room: light, heavy, oversized or undersized.", valueName: "name"))
    var room: NamedRoom = .light

    @Option(help: ArgumentHelp("The set-point in °C, 5…30.", valueName: "celsius"))
    var setpoint = 22.0

    @Option(help: ArgumentHelp("The outdoor temperature's mean over the day in °C, -50…50.", valueName: "celsius"))
    var outdoorMean = -2.0

    @Option(
        help: ArgumentHelp("How far the outdoor temperature departs from its mean in K, 0…30.", valueName: "kelvin"))
    var outdoorAmplitude = 5.0

    @Option(help: ArgumentHelp("What chance is drawn from: weather, guests, sensors' errors.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp("Where to draw the chart. Default: hearth-day-<room>.svg, here.", valueName: "path"),
        completion: .file(extensions: ["svg"]))
    var svg: String?

    @Flag(help: "Print a JSON object instead of the table.")
    var json = false

    func validate() throws {
        try check(setpoint, "--setpoint", within: RoomClimateSettings.setpointRange)
        try check(outdoorMean, "--outdoor-mean", within: -50...50)
        try check(outdoorAmplitude, "--outdoor-amplitude", within: 0...30)
    }

    func run() throws {
        let record = DayRun.run(
            DaySettings(
                room: room.parameters, climate: RoomClimateSettings(setpointCelsius: setpoint),
                outdoorDay: OutdoorDay(meanCelsius: outdoorMean, amplitudeKelvin: outdoorAmplitude), seed: seed))
        let path = svg ?? "hearth-day-\(room.rawValue).svg"
        try write(DayChart(record).svg, to: path)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(DayReport(record)), as: UTF8.self))
        } else {
            print(DayTable(record))
            print("\nchart: \(path)")
        }
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure(
                "The chart can't be written to \(path): \(CommandFailure.cause(of: error)). "
                    + "Name a place that can be written with --svg.")
        }
    }

    private func check(_ value: Double, _ option: String, within range: ClosedRange<Double>) throws {
        guard range.contains(value) else {
            throw ValidationError(
                "\(option) \(value) is out of range: \(Int(range.lowerBound))…\(Int(range.upperBound)).")
        }
    }
}

/// The rooms that can be asked for by name.
enum NamedRoom: String, ExpressibleByArgument, CaseIterable {
    case light, heavy, oversized, undersized

    var parameters: RoomParameters {
        switch self {
        case .light: .light
        case .heavy: .heavy
        case .oversized: .oversized
        case .undersized: .undersized
        }
    }
}
