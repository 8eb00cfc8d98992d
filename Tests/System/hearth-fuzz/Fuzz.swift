import ArgumentParser
import Foundation

/// Runs readers of what comes from outside over mutated inputs, each in a process of its own: what traps ends that one.
@main
struct Fuzz: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-fuzz",
        abstract: "Feed the readers of Hearth's wires with inputs that are almost right, and tell what they do.",
        subcommands: [All.self, One.self, Show.self], defaultSubcommand: All.self)

    struct Options: ParsableArguments {
        @Option(help: "What the inputs are drawn from: the same seed gives the same inputs.") var seed: UInt64 = 1
        @Option(help: "How many inputs each reader gets.") var inputs = 100_000
        @Option(help: "The number of the first input.") var from = 0
    }

    struct All: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All readers, or some, and a table of what they did.")

        @OptionGroup var options: Options
        @Option(help: "Only these, separated by commas.") var readers: String?

        func run() async throws {
            let chosen = readers.map { Set($0.split(separator: ",").map(String.init)) }
            var table = Table()
            for reader in try Reader.all() where chosen?.contains(reader.name) ?? true {
                table.add(try Supervision(reader: reader.name, seed: options.seed).run(options.from, options.inputs))
            }
            print(table.text)
            print(
                "seed \(options.seed); hearth-fuzz show <reader> --seed \(options.seed) --from <input> shows an input")
            guard table.isGood else { throw ExitCode.failure }
        }
    }

    struct One: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One reader, in this process.", shouldDisplay: false)

        @Argument var reader: String
        @OptionGroup var options: Options
        @Option var progress: String

        func run() async throws {
            let run = FuzzRun(
                reader: try Fuzz.reader(reader), seed: options.seed,
                inputs: options.from..<options.from + options.inputs,
                progress: Progress(path: progress))
            let report = await run.play()
            print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write an input to standard output.")

        @Argument var reader: String
        @OptionGroup var options: Options

        func run() async throws {
            let input = FuzzRun.input(options.from, of: try Fuzz.reader(reader), seed: options.seed)
            FileHandle.standardOutput.write(Data(input))
        }
    }

    private static func reader(_ name: String) throws -> Reader {
        let all = try Reader.all()
        guard let reader = all.first(where: { $0.name == name }) else {
            throw ValidationError("There is no reader “\(name)”. There are \(all.map(\.name).joined(separator: ", ")).")
        }
        return reader
    }
}
