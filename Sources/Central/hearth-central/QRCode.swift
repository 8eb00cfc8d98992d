import Foundation

/// Creates QR codes with the program `qrencode`.
enum QRCode {
    private static let program = ["/usr/bin/qrencode", "/usr/local/bin/qrencode"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// A Boolean value that indicates whether `qrencode` is installed.
    static var isPossible: Bool { program != nil }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Writes an SVG file that only its owner can read, because the picture contains the link.
    static func write(_ text: String, to path: String) throws {
        guard let program else { throw Failure(description: "qrencode is not installed.") }
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw Failure(description: "\(path) can't be written. Specify a file in a writable folder.")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-t", "SVG", "-l", "M", "-o", path]
        // The link is not passed as an argument, because every user of the machine could read it.
        let input = Pipe()
        process.standardInput = input
        try process.run()
        input.fileHandleForWriting.write(Data(text.utf8))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "qrencode could not write \(path): it exited with \(process.terminationStatus).")
        }
    }
}
