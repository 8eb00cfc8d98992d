import ArgumentParser
import ProcessSupport

/// The command `hearth-simulate`.
@main
struct HearthSimulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-simulate",
        abstract: "Simulates a building: rooms and devices to try Hearth with.",
        subcommands: [
            HotelCommand.self, HomeCommand.self, DayCommand.self, LoopCommand.self, ReplayCommand.self,
            LoadCommand.self,
        ])

    static func main() async { await runToTheEnd() }
}
