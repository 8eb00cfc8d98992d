import ArgumentParser
import Building
import CentralService
import Storage

/// The command `audit`.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify that every reading is accounted for.",
        discussion: """
            For each store of each gateway: numbered = stored + quarantined + lost (by reason) + waiting. Missing: numbers \
            that the gateway reported as assigned but that are in none of these groups. The report also counts the messages \
            that never had a number: those rejected by the gateway, dropped by the broker, or skipped because the broker \
            redelivered them. The permanently refused parts of gateways' messages are listed at the end, with reasons. \
            Times are in UTC.

            Exits 0 if everything balances, 1 if not or if the database is unreachable, 64 on incorrect usage, 78 on \
            invalid configuration.
            """)

    @Option(help: ArgumentHelp("Only the gateways of this building.", valueName: "building"))
    var gateway: Slug?

    @Flag(help: "Print one machine-readable JSON object.")
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
