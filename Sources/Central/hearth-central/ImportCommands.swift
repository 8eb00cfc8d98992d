import ArgumentParser
import Building
import CentralService
import Foundation
import Import
import ReadingFiles
import Storage

/// The command `import`.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import readings from files and smart-meter sources.",
        discussion: """
            Imports are idempotent: repeating one, even after an interruption, skips the readings already stored. \
            Unreadable lines are listed, and the rest is stored.

            Exits 0 if everything is stored, 65 if some of the data was invalid (the valid part is stored), 1 if the \
            file or the database is unavailable, 64 on incorrect usage, 78 on invalid \
            configuration.
            """,
        subcommands: [PowerMeters.self, Readings.self, MeterData.self])

    /// The command `import power-meters`.
    struct PowerMeters: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "power-meters",
            abstract: "Import the power of meters, kW.",
            discussion: """
                CSV with a header: datetime,power_kw_power_meter_1,power_kw_power_meter_2,… or one file per meter: \
                datetime,power_kw with the meter in the file's name (power_meter_3.csv) or given by --meter.
                """)

        @Argument(help: "CSV files.")
        var csv: [String]

        @Option(help: "The meter of a file that does not name it, such as power_meter_1.")
        var meter: String?

        @OptionGroup var common: ImportArguments
        @OptionGroup var options: CentralOptions

        func run() async throws {
            var what = common.options
            what.device = meter
            try await common.run(options) { administration, progress in
                try await administration.importReadings(.powerMeters, from: csv, what, progress: progress)
            }
        }
    }

    /// The command `import readings`.
    struct Readings: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "readings",
            abstract: "Import readings of room sensors.",
            discussion: """
                CSV with a header: datetime,temperature,humidity,co2 (an air-quality sensor), \
                datetime,online_status,sensitivity,presence_state (a presence sensor), or one reading per row: \
                timestamp,datetime,device_id,datapoint,value with device ids <building>/<room>/<id>. The room is in a \
                column room, in the file's name (iaq_Room101.csv is room-101), or given by --room.
                """)

        @Argument(help: "CSV files.")
        var csv: [String]

        @Option(help: "The room's slug, if the file does not name it.")
        var room: String?

        @Option(
            help: "The device's id in the room. Default: the room's only device of the class, else iaq, life_being…")
        var device: String?

        @OptionGroup var common: ImportArguments
        @OptionGroup var options: CentralOptions

        func run() async throws {
            var what = common.options
            what.room = room
            what.device = device
            try await common.run(options) { administration, progress in
                try await administration.importReadings(.readings, from: csv, what, progress: progress)
            }
        }
    }

    /// The command `import meter-data`.
    struct MeterData: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "meter-data",
            abstract: "Import the quarter-hourly energy of smart meters.",
            discussion: """
                From a JSON file {"data":[…]}, a URL that returns one, or a source's API: a URL with muid=… in its query, \
                or with --muid, is read page by page to the end. Times always have an offset. Existing values are \
                corrected, but an estimate never replaces a measured value.
                """)

        @Argument(help: "A file path or a URL.")
        var source: String

        @Option(help: "A meter to request from the source's API; may be repeated.")
        var muid: [String] = []

        @OptionGroup var common: ImportArguments
        @OptionGroup var options: CentralOptions

        func run() async throws {
            try await common.run(options) { administration, progress in
                try await administration.importMeterData(from: source, muids: muid, common.options, progress: progress)
            }
        }
    }
}

/// The options of all imports.
struct ImportArguments: ParsableArguments {
    @Option(help: "The building's slug; required only if there are several.")
    var building: String?

    @Option(
        name: .customLong("time-zone"),
        help: ArgumentHelp(
            "Time zone of times without an offset (IANA name). Default: the building's.", valueName: "name"))
    var timeZone: String?

    @Option(name: .customLong("show"), help: "The number of problem lines to show. All are counted.")
    var shown = 20

    var options: ImportOptions {
        ImportOptions(building: building, timeZone: timeZone, problemsKept: max(0, shown))
    }

    private static let wrongData = ExitCode(65)

    /// Runs an import and prints its result.
    func run(
        _ options: CentralOptions,
        _ body: (Administration, (ImportProgress) -> Void) async throws -> ImportSummary
    ) async throws {
        var status = ExitCode.success
        try await options.run { configuration in
            let display = ProgressDisplay()
            do {
                let summary = try await body(Administration(configuration), display.show)
                display.end()
                for problem in summary.problems.first { ProgressDisplay.say("\(problem)") }
                print(ImportReport.text(summary, seconds: display.seconds).printableLines)
                if summary.problems.total > 0 { status = Self.wrongData }
            } catch let error where Self.isWrongData(error) {
                display.end()
                ProgressDisplay.say("hearth-central: \(error)")
                status = Self.wrongData
            } catch let error as StoreError {
                display.end()
                ProgressDisplay.say("hearth-central: \(error)")
                ProgressDisplay.say("The readings stored so far are kept. Run the same import again to store the rest.")
                status = .failure
            } catch {
                display.end()
                throw error
            }
        }
        if status != .success { throw status }
    }

    private static func isWrongData(_ error: any Error) -> Bool {
        (error as? FileError)?.kind == .data || (error as? ImportError)?.kind == .data
    }
}

/// The result of an import as text, for people.
enum ImportReport {
    static func text(_ summary: ImportSummary, seconds: Double) -> String {
        let rate = seconds > 0 ? " (\(Int(Double(summary.rows) / seconds)) rows/s)" : ""
        var lines = summary.notes
        lines.append("rows: \(summary.rows) in \(tenths(seconds)) s\(rate)")
        lines.append(
            "readings: \(summary.added) added, "
                + (summary.corrected > 0 ? "\(summary.corrected) corrected, " : "")
                + "\(summary.unchanged) already stored")
        if summary.problems.total > 0 {
            lines.append("problems: \(summary.problems.total)")
            for (reason, count) in summary.problems.counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                lines.append("  \(reason): \(count)")
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func tenths(_ seconds: Double) -> String { String((seconds * 10).rounded() / 10) }
}
