import ArgumentParser

/// The parts of the benchmarks for which a shell script is not accurate enough.
@main
struct HearthBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-bench",
        abstract: "Measures what a subscriber takes, fills stores for measuring, and asks a central service for much.",
        subcommands: [Discard.self, Watch.self, Fill.self, Send.self, Gateways.self, Requests.self, Bombs.self])
}
