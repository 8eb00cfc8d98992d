import Foundation

/// Something outside stopped the command; the text says what and what to do about it. The exit code is 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// The system's own words for why a file operation failed.
    static func cause(of error: any Error) -> String {
        if let code = (error as? CocoaError)?.underlying as? POSIXError {
            return String(cString: strerror(code.code.rawValue))
        }
        return error.localizedDescription
    }
}
