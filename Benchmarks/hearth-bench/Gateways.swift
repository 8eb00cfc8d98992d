import ArgumentParser
import Foundation
import Synchronization
import WireFormat

/// The subcommand `gateways`, which simulates the everyday load of many gateways.
struct Gateways: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulates many gateways that each send a batch every few seconds, as in everyday use.",
        discussion: """
            Each has a connection and a store of its own and starts at a different point of the interval. Latency is \
            measured from a batch's due time to its response. Prints the number of responses by status and their latency.
            """)

    @Option var port: Int
    @Option(help: "A file with a token per line, used by the gateways in turn.") var tokens: String
    @Option(help: "1…5000") var count = 1000
    @Option(help: "The interval between a gateway's batches in s.") var every = 5.0
    @Option(help: "The total duration in s.") var seconds = 30.0
    @Option(help: "The number of readings per batch, 1…10000.") var rows = 12

    func run() throws {
        let tokens = try String(contentsOfFile: tokens, encoding: .utf8).split(separator: "\n").map(String.init)
        let latencies = Mutex(Latencies())
        let (port, count, every, seconds, rows) = (port, count, every, seconds, rows)
        let start = Int64(Date().timeIntervalSince1970) * 1000
        let clock = ContinuousClock()
        let began = clock.now + .seconds(2)
        onThreads(count) { gateway in
            var own = Latencies()
            var readings = MadeReadings(rooms: max(1, rows / 12), start: start)
            do {
                let conversation = try HTTPConversation(port: port)
                var due = began + .seconds(every * Double(gateway) / Double(count))
                while due < began + .seconds(seconds) {
                    let request = HTTPConversation.request(
                        "POST", UplinkPath.batches, token: tokens[gateway % tokens.count],
                        type: ReadingBatch.mediaType, body: readings.batch(rows: rows).encode())
                    let wait = (due - clock.now) / .seconds(1)
                    if wait > 0 { usleep(UInt32(wait * 1e6)) }
                    let status = try conversation.perform(request).status
                    own.note(clock.now - due, status)
                    due += .seconds(every)
                }
            } catch {
                FileHandle.standardError.write(Data("gateway \(gateway): \(error)\n".utf8))
            }
            latencies.withLock { $0.merge(own) }
        }
        say(latencies.withLock { $0.line })
    }
}
