import ArgumentParser

/// The parts of the benchmarks that a shell script can't do well enough.
@main
struct HearthBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-bench",
        abstract: "Measures what a subscriber takes, and fills stores for measuring.",
        subcommands: [Discard.self, Watch.self, Fill.self])
}
