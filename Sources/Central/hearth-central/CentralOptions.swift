import ArgumentParser
import Building
import CentralService
import ConfigurationFile
import Foundation
import Logging
import ProcessSupport

/// The options of every subcommand.
struct CentralOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The service's configuration file. Default: built-in values.", valueName: "file"))
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override a configuration key; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    /// Runs `body` with the configuration. Exits with 78 if the configuration is not valid, with 1 if `body` fails.
    ///
    /// - Parameter quiet: Whether to log nothing below “notice”, for commands whose output is read by scripts.
    func run(quiet: Bool = true, _ body: (CentralConfiguration) async throws -> Void) async throws {
        let configuration: CentralConfiguration
        do {
            configuration = try CentralConfiguration.load(
                path: config, overrides: overrides, environment: ProcessInfo.processInfo.environment)
        } catch {
            Self.say("\(error)")
            throw ExitCode(78)
        }
        LogSetup.bootstrap(level: quiet ? max(.notice, configuration.logLevel) : configuration.logLevel)
        do {
            try await body(configuration)
        } catch let error as ConfigurationError {
            Self.say("\(error)")
            throw ExitCode(78)
        } catch {
            Self.say("\(error)")
            throw ExitCode.failure
        }
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data("hearth-central: \(text.printableLines)\n".utf8))
    }
}
