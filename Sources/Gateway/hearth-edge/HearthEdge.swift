import ArgumentParser
import Building
import ConfigurationFile
import EdgeConfiguration
import Foundation
import ProcessSupport

/// The command `hearth-edge`.
@main
struct HearthEdge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-edge",
        abstract: "The gateway of one building: stores its readings, heats its rooms, reports to the central service.",
        discussion: "Exits 0 on success, 64 on incorrect usage, 78 on invalid configuration, 1 on any other failure.",
        version: HearthVersion.current, subcommands: [Run.self, Check.self, Status.self])

    static func main() async { await runToTheEnd() }
}

/// The options that every subcommand takes.
struct EdgeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The gateway's configuration.", valueName: "file"))
    var config = "/etc/hearth/edge.yaml"

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override a configuration key; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    /// Loads the configuration; ends the process with exit code 78 if it is not valid.
    func load() throws -> EdgeConfiguration {
        do {
            return try EdgeConfiguration.load(path: config, overrides: overrides)
        } catch {
            throw Failure.wrongConfiguration(error)
        }
    }
}

/// Messages and exit codes for failures.
enum Failure {
    /// Prints a configuration error on standard error, and returns the exit code EX_CONFIG of sysexits.
    static func wrongConfiguration(_ error: ConfigurationError) -> ExitCode {
        say("\(error)")
        return ExitCode(78)
    }

    /// Prints a message on standard error.
    static func say(_ text: String) {
        FileHandle.standardError.write(Data("hearth-edge: \(text.printableLines)\n".utf8))
    }
}
