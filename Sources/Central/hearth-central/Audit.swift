import ArgumentParser
import Building
import CentralService
import Storage

/// The command `audit`.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Account for every reading that gateways ever numbered.",
        discussion: """
            For each store of each gateway: numbered = stored + quarantined + lost (by reason) + waiting. Missing are \
            numbers that nobody has: none of these, though the gateway reported that it gave them. Beside it stand the \
            messages that the gateway rejected, that the broker dropped, and that the gateway left out because the broker \
            delivered them again, which never had a number. At the end stand the parts of gateways' messages that are \
            refused for good, and why. Times are in UTC.

            Exits 0 where everything balances, 1 where something does not or the database cannot be asked, 64 on wrong \
            usage, 78 on wrong configuration.
            """)

    @Option(help: ArgumentHelp("Only the gateways of this building.", valueName: "building"))
    var gateway: Slug?

    @Flag(help: "Print one JSON object, for programs.")
    var json = false

    @OptionGroup var options: CentralOptions

    func run() async throws {
        var balances = true
        try await options.run { configuration in
            let administration = Administration(configuration)
            let accounts = try await administration.audit(building: gateway)
            let refusals = try await administration.refusals(building: gateway)
            balances = accounts.allSatisfy(\.balances)
            print(json ? try AuditJSON.text(accounts, refusals) : AuditText.text(accounts, refusals).printableLines)
        }
        if !balances { throw ExitCode.failure }
    }
}
