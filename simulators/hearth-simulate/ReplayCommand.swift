import ArgumentParser
import Building
import CivilTime
import EdgeConfiguration
import Foundation
import ReadingFiles
import SimulatedDevices
import WireFormat

/// The subcommand `replay`, which publishes recorded readings.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Replays recorded readings from CSV files to a broker, as the devices sent them.",
        discussion: """
            Reads the same files as `hearth-central import`: power meters \
            (datetime,power_kw_power_meter_1,… or one file for each), air quality (datetime,temperature,humidity,co2), \
            presence (datetime,online_status,sensitivity,presence_state), or one reading in each row (timestamp,\
            datetime,device_id,datapoint,value). The header decides. Unreadable lines are reported \
            on standard error and skipped. Ends after the last reading, on Ctrl-C or on SIGTERM.
            """)

    @Argument(help: "CSV files.", completion: .file(extensions: ["csv"]))
    var csv: [String]

    @Option(help: ArgumentHelp("The speed relative to the recording, 0.1…1,000,000.", valueName: "factor"))
    var speed = 1.0

    @Option(
        help: ArgumentHelp(
            "Start with the readings at this time, ISO 8601; without an offset, in the files' time zone.",
            valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("End before this time, ISO 8601.", valueName: "time"))
    var until: String?

    @Flag(help: "Start all files at the same time, whenever they were recorded.")
    var together = false

    @Option(
        help: ArgumentHelp(
            "The times in the messages: those of the files (own) or the current time (now).",
            valueName: "which"))
    var timestamps: ToldTime = .own

    @Option(
        help: ArgumentHelp(
            "The time zone of times without an offset, an IANA name. Default: the configuration's, else UTC.",
            valueName: "name"))
    var timeZone: String?

    @Option(help: ArgumentHelp("The room of files that do not name it.", valueName: "slug"))
    var room: String?

    @Option(
        help: ArgumentHelp(
            "The device of files that do not name it. Default: the room's device of that class.",
            valueName: "id"))
    var device: String?

    @OptionGroup var configuration: SimulatorOptions
    @OptionGroup var broker: BrokerOptions

    func validate() throws {
        guard (0.1...1_000_000).contains(speed) else {
            throw ValidationError("--speed \(speed) is out of range: 0.1…1,000,000.")
        }
        guard !csv.isEmpty else { throw ValidationError("Specify at least one CSV file.") }
    }

    func run() async throws {
        let building = try configuration.load()
        let calendar = try calendar(of: building)
        let context = FileContext(
            building: building?.building.slug, calendar: calendar,
            rooms: building?.rooms ?? ExampleHotel.inventory.floors.flatMap(\.rooms), room: room, device: device)
        let span = try span(in: calendar)
        do {
            let recordings = try csv.map { Recording(try ReadingFile($0, of: context)) }
            let tape = try ReplayTape(recordings, span: span, together: together)
            let address = try BrokerAddress(configuration: building, options: broker)
            try await ReplayRun(tape: tape, broker: address, speed: speed, timestamps: timestamps, calendar: calendar)
                .run()
        } catch let error as FileError {
            throw CommandFailure(error.description)
        }
    }

    private func calendar(of building: EdgeConfiguration?) throws -> LocalCalendar {
        guard let timeZone else { return building?.calendar ?? .utc }
        guard let calendar = LocalCalendar(zoneNamed: timeZone) else {
            throw ValidationError("--time-zone “\(timeZone)” is not an IANA name such as Europe/Berlin.")
        }
        return calendar
    }

    private func span(in calendar: LocalCalendar) throws -> Range<Timestamp> {
        func time(_ text: String?, _ option: String) throws -> Timestamp? {
            try text.map { text in
                guard let time = ISO8601Time(text)?.moment(in: calendar) else {
                    throw ValidationError("\(option) “\(text)” is not a valid time such as 2024-12-27T08:00:00.")
                }
                return time
            }
        }
        let whole = Timestamp.representable
        let start = try time(from, "--from") ?? whole.lowerBound
        let end = try time(until, "--until") ?? whole.upperBound
        guard start < end else { throw ValidationError("--until must be after --from.") }
        return start..<end
    }
}

/// The times that replayed messages contain.
enum ToldTime: String, ExpressibleByArgument, CaseIterable {
    /// The times in the files.
    case own
    /// The present time.
    case now
}
