import ArgumentParser
import EdgeConfiguration

/// The gateway's configuration, where a command takes one.
struct SimulatorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The gateway's configuration.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Overrides a key of the configuration, as in hearth-edge.", valueName: "key=value"))
    var overrides: [String] = []

    func validate() throws {
        guard config != nil || overrides.isEmpty else {
            throw ValidationError("--set overrides a key of a configuration: name the file with --config.")
        }
    }

    /// `nil` where none was named. Ends the process with 78, as `sysexits.h` has it, where the configuration is wrong.
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
