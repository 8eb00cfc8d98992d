import ArgumentParser
import CentralService

/// The command `serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the service until SIGTERM or SIGINT.",
        discussion: "Migrates the database at startup, and waits for it if it is not available yet.")

    @OptionGroup var options: CentralOptions

    func run() async throws {
        try await options.run(quiet: false) { configuration in
            try await CentralService(configuration).serve()
        }
    }
}

/// The command `migrate`.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Migrate the database to the schema of this version, creating it if it does not exist.")

    @OptionGroup var options: CentralOptions

    func run() async throws {
        try await options.run { configuration in
            let applied = try await Administration(configuration).migrate()
            print(applied.isEmpty ? "nothing to do" : "applied: \(applied.joined(separator: ", "))")
        }
    }
}
