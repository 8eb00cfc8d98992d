import ArgumentParser

/// The parts of the benchmarks for which a shell script is not accurate enough.
@main
struct HearthBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-bench",
        abstract: "Benchmarks subscribers, fills stores for measurements, and loads a central service.",
        subcommands: [Discard.self, Watch.self, Fill.self, Send.self, Gateways.self, Requests.self, Bombs.self])
}
