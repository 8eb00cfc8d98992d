import ArgumentParser
package import Building
import CentralService
import Storage

extension Slug: ExpressibleByArgument {
    /// Parses a slug from the command line.
    package init?(argument: String) { self.init(argument) }
}

/// The command `gateway`.
struct Gateway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Manage gateway tokens.", subcommands: [Add.self, List<GatewayRole>.self, Revoke<GatewayRole>.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a token for a building's gateway and print it. It is shown only once.")

        @Option(help: "The building's slug, as in the gateway's configuration. The building need not exist yet.")
        var building: Slug

        @Option(help: "The kind of a new building, such as hotel, home or office.")
        var kind = "hotel"

        @Option(help: "A note for the list of tokens.")
        var label: String?

        @OptionGroup var options: CentralOptions

        func run() async throws {
            try await options.run { configuration in
                let administration = Administration(configuration)
                print(try await administration.addGateway(building: building, kind: kind, label: label).text)
            }
        }
    }
}

/// The command `guest`.
struct Guest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Manage guest links and tokens.",
        subcommands: [GuestLink.self, List<GuestRole>.self, Revoke<GuestRole>.self])
}

/// The command `operator`.
struct Operator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Manage operator tokens.",
        subcommands: [Add.self, List<OperatorRole>.self, Revoke<OperatorRole>.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a token for an operator and print it. It is shown only once.")

        @Option(help: "The holder of the token.")
        var name: String

        @OptionGroup var options: CentralOptions

        func run() async throws {
            try await options.run { configuration in
                print(try await Administration(configuration).addOperator(name: name).text)
            }
        }
    }
}
