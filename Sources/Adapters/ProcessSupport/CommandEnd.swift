package import ArgumentParser
import Foundation

extension AsyncParsableCommand {
    /// Runs the command of the command line as `main()` does, and ends the process at once after flushing its output.
    /// The libraries are not torn down: OpenSSL does that at exit while other threads may still be connecting, which
    /// then crash.
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
        // The output is the command's result: if the disk is full, or the reader has gone, it is lost.
        let isWritten = fflush(nil) == 0
        if !isWritten, code.isSuccess {
            let cause = errno == 0 ? "" : ": \(String(cString: strerror(errno)))"
            FileHandle.standardError.write(Data("Error: The output could not be written\(cause).\n".utf8))
            _exit(ExitCode.failure.rawValue)
        }
        _exit(code.rawValue)
    }
}
