import ArgumentParser
import Foundation
import Synchronization

/// The subcommand `requests`, which repeats requests over several persistent connections.
struct Requests: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends the same request repeatedly over several persistent connections.",
        discussion: "Prints the number of responses per second, their latency and their status.")

    @Option var port: Int
    @Option(help: "A file with a token on its first line.") var tokens: String
    @Option(help: "The paths to request, in turn.") var path: [String]
    @Option(help: "The slug of the building.") var building: String?
    @Option(help: "1…1000") var connections = 8
    @Option(help: "The duration in s.") var seconds = 8.0

    func run() throws {
        let token = try String(contentsOfFile: tokens, encoding: .utf8).split(separator: "\n").first.map(String.init)
        let requests = path.map { HTTPConversation.request("GET", $0, token: token ?? "", building: building) }
        let latencies = Mutex(Latencies())
        let (port, seconds) = (port, seconds)
        let clock = ContinuousClock()
        let began = clock.now
        onThreads(connections) { index in
            var own = Latencies()
            do {
                let conversation = try HTTPConversation(port: port)
                var turn = index
                while clock.now < began + .seconds(seconds) {
                    let sent = clock.now
                    let status = try conversation.perform(requests[turn % requests.count]).status
                    own.note(clock.now - sent, status)
                    turn += 1
                }
            } catch {
                FileHandle.standardError.write(Data("connection \(index): \(error)\n".utf8))
            }
            latencies.withLock { $0.merge(own) }
        }
        let elapsed = (clock.now - began) / .seconds(1)
        let line = latencies.withLock { "rate=\(Int(Double($0.count) / elapsed)) " + $0.line }
        say(line)
    }
}
