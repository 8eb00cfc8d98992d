import ArgumentParser
import Foundation

@main
struct HearthSimulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-simulate",
        abstract: "Stands in for a building: simulated rooms and devices to try Hearth with.",
        subcommands: [
            HotelCommand.self, HomeCommand.self, DayCommand.self, LoopCommand.self, ReplayCommand.self,
            LoadCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as WrongConfiguration {
            FileHandle.standardError.write(Data("Error: \(error.problem)\n".utf8))
            Foundation.exit(WrongConfiguration.exitCode)
        } catch {
            exit(withError: error)
        }
    }
}
