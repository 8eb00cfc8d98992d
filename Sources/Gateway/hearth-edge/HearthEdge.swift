import ArgumentParser
import Building
import ConfigurationFile
import EdgeConfiguration
import Foundation
import ProcessSupport

@main
struct HearthEdge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-edge",
        abstract: "The gateway of one building: stores its readings, heats its rooms, reports to the central service.",
        discussion: "Exits 0 on success, 64 on wrong usage, 78 on wrong configuration, 1 on any other failure.",
        version: HearthVersion.current, subcommands: [Run.self, Check.self, Status.self])

    static func main() async { await runToTheEnd() }
}

/// What every subcommand takes.
struct EdgeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The gateway's configuration.", valueName: "file"))
    var config = "/etc/hearth/edge.yaml"

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override a key of the configuration; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    /// Ends the process with 78 where the configuration is wrong.
    func load() throws -> EdgeConfiguration {
        do {
            return try EdgeConfiguration.load(path: config, overrides: overrides)
        } catch {
            throw Failure.wrongConfiguration(error)
        }
    }
}

enum Failure {
    /// Tells of a wrong configuration on standard error, and gives sysexits' EX_CONFIG.
    static func wrongConfiguration(_ error: ConfigurationError) -> ExitCode {
        say("\(error)")
        return ExitCode(78)
    }

    static func say(_ text: String) {
        FileHandle.standardError.write(Data("hearth-edge: \(text.printableLines)\n".utf8))
    }
}
