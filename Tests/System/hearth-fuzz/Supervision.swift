import Foundation
import Rig

/// Runs a reader in processes of its own until all inputs were read, and goes on after each one that ended it.
struct Supervision {
    let reader: String
    let seed: UInt64

    struct Outcome {
        var reader: String
        var inputs = 0
        var taken = 0
        /// Inputs that ended the process, and how.
        var crashes: [(input: Int, status: Int32)] = []
        var hangs: [Int] = []
        var broken: [Int] = []
        var slowestMilliseconds = 0.0
        var slowestInput = 0
        /// Bytes.
        var growth = 0
    }

    /// After so many the rest says nothing new.
    private static let mostFailures = 20

    func run(_ first: Int, _ count: Int) throws -> Outcome {
        let folder = TemporaryFolder()
        let progress = folder.file("progress")
        var outcome = Outcome(reader: reader)
        var next = first
        let end = first + count
        while next < end, outcome.crashes.count + outcome.hangs.count < Self.mostFailures {
            let (status, output) = try play(next, end - next, progress: progress)
            let report = output.split(separator: "\n").last.flatMap {
                try? JSONDecoder().decode(FuzzRun.Report.self, from: Data($0.utf8))
            }
            if status == 0, let report {
                outcome.inputs = count
                outcome.taken += report.taken
                outcome.broken += report.broken
                outcome.growth = max(outcome.growth, report.residentAfter - report.residentBefore)
                if report.slowestMilliseconds > outcome.slowestMilliseconds {
                    (outcome.slowestMilliseconds, outcome.slowestInput) =
                        (report.slowestMilliseconds, report.slowestInput)
                }
                return outcome
            }
            let input = Progress.read(path: progress) ?? next
            if status == FuzzRun.hangStatus {
                outcome.hangs.append(input)
            } else {
                outcome.crashes.append((input, status))
            }
            next = input + 1
            outcome.inputs = next - first
        }
        return outcome
    }

    private func play(_ first: Int, _ count: Int, progress: String) throws -> (Int32, String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "one", reader, "--seed", "\(seed)", "--from", "\(first)", "--inputs", "\(count)", "--progress", progress,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus, text)
    }
}

/// What came of all of them.
struct Table {
    private var outcomes: [Supervision.Outcome] = []

    /// Bytes that a reader may have more in RAM at its end than after a tenth of its inputs.
    private static let mostGrowth = 64 << 20

    mutating func add(_ outcome: Supervision.Outcome) { outcomes.append(outcome) }

    var isGood: Bool {
        outcomes.allSatisfy {
            $0.crashes.isEmpty && $0.hangs.isEmpty && $0.broken.isEmpty && $0.growth <= Self.mostGrowth
        }
    }

    var text: String {
        let head = "| reader | inputs | taken | crashes | hangs over 1 s | broken | slowest | growth of memory |"
        let rows = outcomes.map { outcome in
            let crashes = outcome.crashes.map { "\($0.input) (\($0.status))" }
            let slowest = String(format: "%.1f ms (%d)", outcome.slowestMilliseconds, outcome.slowestInput)
            return "| \(outcome.reader) | \(outcome.inputs) | \(outcome.taken) | \(Self.list(crashes)) "
                + "| \(Self.list(outcome.hangs.map(String.init))) | \(Self.list(outcome.broken.map(String.init))) "
                + "| \(slowest) | \(String(format: "%.1f MiB", Double(outcome.growth) / 1_048_576)) |"
        }
        return ([head, "|---|---|---|---|---|---|---|---|"] + rows).joined(separator: "\n")
    }

    private static func list(_ entries: [String]) -> String {
        entries.isEmpty ? "0" : "\(entries.count): \(entries.prefix(5).joined(separator: ", "))"
    }
}
