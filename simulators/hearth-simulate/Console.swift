import Foundation

/// Lines for people: facts on standard output, troubles on standard error.
enum Console {
    static func say(_ line: String) {
        print(line)
        // At once, also into a pipe: somebody may be waiting for the answer.
        fflush(nil)
    }

    static func complain(_ line: String) {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }
}
