import Foundation

/// An external cause that stopped the command. The text names the cause and the remedy; the exit code is 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// Returns the system's description of the reason a file operation failed.
    static func cause(of error: any Error) -> String {
        if let code = (error as? CocoaError)?.underlying as? POSIXError {
            return String(cString: strerror(code.code.rawValue))
        }
        return error.localizedDescription
    }
}
