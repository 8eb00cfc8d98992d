import ArgumentParser
import Building
import ProcessSupport

/// The program's root command.
@main
struct HearthCentral: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-central",
        abstract: "The central service: collects, stores and serves the readings of all buildings.",
        discussion: "Exits 0 on success, 64 on incorrect usage, 78 on invalid configuration, 1 on any other failure.",
        version: HearthVersion.current,
        subcommands: [
            Serve.self, Migrate.self, ImportCommand.self, Gateway.self, Guest.self, Operator.self, Audit.self,
        ])

    static func main() async { await runToTheEnd() }
}
