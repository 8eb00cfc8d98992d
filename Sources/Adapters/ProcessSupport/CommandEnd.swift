package import ArgumentParser
import Foundation

extension AsyncParsableCommand {
    /// Runs the command of the command line as `main()` does, and ends the process at once, with what was written gone
    /// out. The libraries are not taken apart: OpenSSL does that at exit while connections may just be made on other
    /// threads, which then crash.
    package static func runToTheEnd() async -> Never {
        do {
            var command = try await asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            leave(.success, saying: "")
        } catch {
            leave(exitCode(for: error), saying: fullMessage(for: error))
        }
    }

    private static func leave(_ code: ExitCode, saying text: String) -> Never {
        if !text.isEmpty {
            let stream = code.isSuccess ? FileHandle.standardOutput : .standardError
            stream.write(Data((text + "\n").utf8))
        }
        // What was printed is the command's work: a full disk, or a reader that has gone, took it away.
        let isWritten = fflush(nil) == 0
        if !isWritten, code.isSuccess {
            let cause = errno == 0 ? "" : ": \(String(cString: strerror(errno)))"
            FileHandle.standardError.write(Data("Error: The output could not be written\(cause).\n".utf8))
            _exit(ExitCode.failure.rawValue)
        }
        _exit(code.rawValue)
    }
}
