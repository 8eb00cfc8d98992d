import ArgumentParser
import Foundation

/// The subcommand `bombs`, which sends overly expensive GraphQL documents.
struct Bombs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends GraphQL documents that try to exceed the cost limits.",
        discussion: """
            Prints the latency and status of each refusal, and the service's memory at the end of its \
            rounds.
            """)

    @Option var port: Int
    @Option(help: "A file with a token on its first line.") var tokens: String
    @Option(help: "The process id of the service.") var process: Int32
    @Option(help: "The number of times each is sent, 1…10000.") var rounds = 20

    private static let documents: [(name: String, text: String)] = [
        (
            "depth, 3,000 levels",
            "{__schema{types{" + repeated("fields{type{", 1500) + "name" + repeated("}}", 1500) + "}}}"
        ),
        ("depth, 16 levels", "{__schema{types{" + repeated("fields{type{", 7) + "name" + repeated("}}", 7) + "}}}"),
        ("aliases, 2,000", "{" + (0..<2000).map { "a\($0):__typename" }.joined(separator: " ") + "}"),
        ("a ring of fragments", "{...A} fragment A on Query{...B} fragment B on Query{...A}"),
        (
            "fragments that double 60 times",
            "{...F0} " + (0..<60).map { "fragment F\($0) on Query{...F\($0 + 1) ...F\($0 + 1)}" }.joined(separator: " ")
                + " fragment F60 on Query{nothing}"
        ),
        ("lists of lists", "{" + (0..<90).map { "a\($0):devices(first:1000){state{mode powerWatts}}" }.joined() + "}"),
        ("10 MB of aliases", "{" + repeated("b:__typename ", 770_000) + "}"),
        ("10 MB of one name", "{" + repeated("a", 10_000_000) + "}"),
        ("10 MB of braces", repeated("{a", 5_000_000)),
    ]

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    func run() throws {
        let token = try String(contentsOfFile: tokens, encoding: .utf8).split(separator: "\n").first.map(String.init)
        let clock = ContinuousClock()
        say("before: \(try residentMegabytes()) MB")
        for (name, text) in Self.documents {
            let request = HTTPConversation.request(
                "POST", "/graphql", token: token ?? "", accept: "application/graphql-response+json",
                type: "application/json",
                body: Array("{\"query\":\"\(text)\"}".utf8))
            var latencies = Latencies()
            for _ in 0..<rounds {
                let conversation = try HTTPConversation(port: port)
                let sent = clock.now
                let status = try conversation.performListening(request).status
                latencies.note(clock.now - sent, status)
            }
            say("\(name): \(latencies.line), then \(try residentMegabytes()) MB")
        }
    }

    /// Returns the resident memory of the service's process, in MB.
    private func residentMegabytes() throws -> String {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let kilobytes =
            status.split(separator: "\n").first { $0.hasPrefix("VmRSS") }?
            .split(separator: " ").compactMap { Double($0) }.first ?? .nan
        return String(format: "%.1f", kilobytes / 1024)
    }
}
