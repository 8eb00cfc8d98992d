import ArgumentParser
import Foundation
import GRDB

/// The subcommand `watch`, which observes the count of a gateway's store.
struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watches how many readings a gateway's store has numbered.",
        discussion: """
            Reads the committed tally from another connection every 10 ms. Prints at the end how many readings came, \
            and how many a second between the first time that there were any and the last change.
            """)

    @Option var store: String
    @Option(help: "Ends after so many.") var count: Int
    @Option(help: "Ends after so many seconds without any, once some came.") var silence = 3.0
    @Option(help: "Ends after so many seconds at the latest.") var limit = 300.0

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
