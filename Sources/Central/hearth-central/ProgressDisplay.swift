import Foundation
import Glibc
import Import

/// Shows the progress of an import on standard error: a bar on a terminal, otherwise a line now and then.
final class ProgressDisplay {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let began = ContinuousClock.now
    private var last: ContinuousClock.Instant?
    private var barIsShown = false

    private static let barWidth = 30
    private static let terminalPause: Duration = .milliseconds(100)
    private static let linePause: Duration = .seconds(5)

    /// The time since the start, in seconds.
    var seconds: Double { (ContinuousClock.now - began) / .seconds(1) }

    func show(_ progress: ImportProgress) {
        let pause = isTerminal ? Self.terminalPause : Self.linePause
        // Short imports print no line.
        let since = last ?? began
        guard ContinuousClock.now - since >= pause else { return }
        last = .now
        let rate = Int(Double(progress.rows) / max(seconds, 0.001))
        guard isTerminal else { return Self.say("\(Self.percent(progress))\(progress.rows) rows, \(rate) rows/s") }
        var line = "\r\u{1B}[K"
        if progress.size > 0 {
            let done = min(1, Double(progress.bytesRead) / Double(progress.size))
            let filled = Int(done * Double(Self.barWidth))
            line += "[" + String(repeating: "#", count: filled)
            line += String(repeating: ".", count: Self.barWidth - filled) + "] "
        }
        line += "\(Self.percent(progress))\(progress.rows) rows, \(rate) rows/s"
        Self.write(line)
        barIsShown = true
    }

    /// Removes the bar before other output.
    func end() {
        if barIsShown { Self.write("\r\u{1B}[K") }
        barIsShown = false
    }

    private static func percent(_ progress: ImportProgress) -> String {
        progress.size > 0 ? "\(min(100, progress.bytesRead * 100 / progress.size)) %, " : ""
    }

    static func say(_ text: String) { write(text + "\n") }

    private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
