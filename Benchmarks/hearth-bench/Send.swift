import ArgumentParser
import Foundation
import Synchronization
import WireFormat

/// The subcommand `send`, which sends batches as fast as the central service takes them.
struct Send: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends batches to a central service as fast as it accepts them, as several gateways.",
        discussion: """
            The batches are created and encoded before timing starts. Each gateway has a connection and a store of its \
            own and sends one batch after another; a batch answered with 429 or 503 is sent again. Prints the number of \
            rows stored and the rate per second from the first to the last.
            """)

    @Option var port: Int
    @Option(help: "A file with a token per line, used by the gateways in turn.") var tokens: String
    @Option(help: "1…64") var gateways = 2
    @Option(help: "The number of batches per gateway, 1…10000.") var batches = 25
    @Option(help: "The number of readings per batch, 1…200000.") var rows = 10_000
    @Option(help: "The number of rooms per building, 1…1000, with 12 series each.") var rooms = 50

    func run() throws {
        let tokens = try String(contentsOfFile: tokens, encoding: .utf8).split(separator: "\n").map(String.init)
        let start = (Int64(Date().timeIntervalSince1970) / 86_400 - 30) * 86_400_000
        let requests = (0..<gateways).map { gateway in
            var readings = MadeReadings(rooms: rooms, start: start)
            return (0..<batches).map { _ in
                HTTPConversation.request(
                    "POST", UplinkPath.batches, token: tokens[gateway % tokens.count], type: ReadingBatch.mediaType,
                    body: readings.batch(rows: rows).encode())
            }
        }
        let latencies = Mutex(Latencies())
        let port = port
        let clock = ContinuousClock()
        let began = clock.now
        onThreads(gateways) { gateway in
            do {
                let conversation = try HTTPConversation(port: port)
                for request in requests[gateway] {
                    var status = 0
                    while status != 200 {
                        let sent = clock.now
                        status = try conversation.perform(request).status
                        let (now, seen) = (clock.now, status)
                        latencies.withLock { $0.note(now - sent, seen) }
                        if status == 429 || status == 503 { usleep(50_000) } else if status != 200 { break }
                    }
                }
            } catch {
                FileHandle.standardError.write(Data("gateway \(gateway): \(error)\n".utf8))
            }
        }
        let seconds = (clock.now - began) / .seconds(1)
        let total = gateways * batches * rows
        say("rows=\(total) rate=\(Int(Double(total) / seconds)) \(latencies.withLock { $0.line })")
    }
}
