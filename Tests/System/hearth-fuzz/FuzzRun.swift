import Foundation
import Glibc
import Rig
import Synchronization

/// A run of one reader over mutated inputs.
struct FuzzRun {
    let reader: Reader
    let seed: UInt64
    let inputs: Range<Int>
    /// Holds the number of the input that is being read: who finds this process dead knows which one it was.
    let progress: Progress

    /// One line of JSON.
    struct Report: Codable {
        var reader: String
        var inputs: Int
        /// Not refused.
        var taken: Int
        var broken: [Int]
        var slowestMilliseconds: Double
        var slowestInput: Int
        /// Of memory, after a tenth of the inputs and at the end.
        var residentBefore: Int
        var residentAfter: Int
    }

    /// An input that takes longer ends the process.
    static let longest = Duration.seconds(1)
    static let hangStatus: Int32 = 3

    static func input(_ number: Int, of reader: Reader, seed: UInt64) -> [UInt8] {
        var dice = SeededRandom(seed: seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
        return Mutator(corpus: reader.corpus, longest: reader.longest).input(&dice)
    }

    func play() async -> Report {
        watch()
        let clock = ContinuousClock()
        var report = Report(
            reader: reader.name, inputs: inputs.count, taken: 0, broken: [], slowestMilliseconds: 0, slowestInput: 0,
            residentBefore: 0, residentAfter: 0)
        for number in inputs {
            let input = Self.input(number, of: reader, seed: seed)
            progress.begin(number)
            let began = clock.now
            do {
                try await reader.read(input, number)
                report.taken += 1
            } catch let error as Reader.Broken {
                print("\(reader.name), input \(number): \(error)")
                report.broken.append(number)
            } catch {}
            let took = (clock.now - began) / .milliseconds(1)
            if took > report.slowestMilliseconds { (report.slowestMilliseconds, report.slowestInput) = (took, number) }
            if number == inputs.lowerBound + inputs.count / 10 { report.residentBefore = Self.resident() }
        }
        progress.end()
        report.residentAfter = Self.resident()
        return report
    }

    private func watch() {
        Thread.detachNewThread { [progress] in
            while true {
                usleep(100_000)
                if progress.hasHung(after: Self.longest) { _exit(Self.hangStatus) }
            }
        }
    }

    /// Bytes in RAM.
    private static func resident() -> Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        return (pages?.dropFirst().first.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// The number of the present input, in a file that outlives the process.
final class Progress: Sendable {
    private struct Present {
        var number: Int
        var began: ContinuousClock.Instant
    }

    private let descriptor: Int32
    private let present = Mutex<Present?>(nil)

    init(path: String) { descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) }

    func begin(_ number: Int) {
        present.withLock { $0 = Present(number: number, began: .now) }
        withUnsafeBytes(of: Int64(number)) { _ = pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    func end() { present.withLock { $0 = nil } }

    func hasHung(after limit: Duration) -> Bool {
        present.withLock { present in present.map { ContinuousClock.now - $0.began > limit } ?? false }
    }

    static func read(path: String) -> Int? {
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count == 8 else { return nil }
        return bytes.withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) }
    }
}
