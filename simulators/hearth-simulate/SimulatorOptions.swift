import ArgumentParser
import Building
import CivilTime
import EdgeConfiguration

/// The option for the gateway's configuration, shared by several subcommands.
struct SimulatorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The gateway's configuration.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override a configuration key, as in hearth-edge.", valueName: "key=value"))
    var overrides: [String] = []

    func validate() throws {
        guard config != nil || overrides.isEmpty else {
            throw ValidationError("--set requires a configuration file: use --config.")
        }
    }

    /// Loads the configuration; `nil` if none was named. Ends the process with exit code 78 (EX_CONFIG in `sysexits.h`)
    /// if it is not valid.
    func load() throws -> EdgeConfiguration? {
        guard let config else { return nil }
        do {
            return try EdgeConfiguration.load(path: config, overrides: overrides)
        } catch {
            Console.complain("Error: \(error)")
            throw ExitCode(78)
        }
    }
}

extension Inventory.BuildingEntry {
    /// Returns the calendar of the building's time zone.
    ///
    /// - Throws: `CommandFailure` if the system does not know the zone.
    func calendar() throws -> LocalCalendar {
        guard let calendar = LocalCalendar(zoneNamed: timeZone) else {
            throw CommandFailure("This system has no time zone “\(timeZone)”. Install its time zone data (tzdata).")
        }
        return calendar
    }
}
