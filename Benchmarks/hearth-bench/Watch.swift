import ArgumentParser
import Foundation
import GRDB

/// The subcommand `watch`, which observes the count of a gateway's store.
struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watches the number of readings in a gateway's store.",
        discussion: """
            Reads the committed tally from another connection every 10 ms. Prints at the end the number of readings \
            and the rate per second between the first reading and the last change.
            """)

    @Option var store: String
    @Option(help: "Ends after this many readings.") var count: Int
    @Option(help: "Ends after this many seconds without a reading, once one has arrived.") var silence = 3.0
    @Option(help: "Ends after this many seconds at the latest.") var limit = 300.0

    func run() async throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let database = try DatabaseQueue(path: store, configuration: configuration)
        let before = try numbered(in: database)
        var arrivals = Arrivals()
        let patience = Patience(count: count, silenceSeconds: silence, limitSeconds: limit)
        say("ready")
        while !patience.isOver(arrivals) {
            arrivals.note(total: try numbered(in: database) - before)
            try await Task.sleep(for: .milliseconds(10))
        }
        say(arrivals.line)
    }

    /// Returns the number of readings that the store has numbered.
    private func numbered(in database: DatabaseQueue) throws -> Int {
        try database.read { try Int.fetchOne($0, sql: "SELECT next_number - 1 FROM tally") } ?? 0
    }
}
