import Foundation

/// The command's output: facts go to standard output, problems to standard error.
enum Console {
    /// Prints a line on standard output.
    static func say(_ line: String) {
        print(line)
        // It is flushed at once, also into a pipe: somebody may be waiting for it.
        fflush(nil)
    }

    /// Prints a line on standard error.
    static func complain(_ line: String) {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }
}
