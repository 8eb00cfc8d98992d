import Foundation

/// The built `hearth-simulate`, run as users run it.
struct Command {
    var output: String
    var error: String
    var exitCode: Int32

    /// Beside the test bundle, where the package manager puts what it builds.
    static let executable = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("hearth-simulate")

    /// Runs it to its end in `folder`.
    ///
    /// - Parameter input: its standard input.
    static func run(_ arguments: String..., in folder: URL, input: String = "") throws -> Command {
        let file = folder.appendingPathComponent("standard-input")
        try Data(input.utf8).write(to: file)
        let (process, output, error) = try start(arguments, in: folder, input: FileHandle(forReadingFrom: file))
        process.waitUntilExit()
        return try Command(
            output: String(contentsOf: output, encoding: .utf8), error: String(contentsOf: error, encoding: .utf8),
            exitCode: process.terminationStatus)
    }

    /// Starts it in `folder`; what it prints goes into the two files that are named.
    static func start(
        _ arguments: [String], in folder: URL, input: FileHandle = .nullDevice
    ) throws -> (process: Process, output: URL, error: URL) {
        let output = folder.appendingPathComponent("standard-output")
        let error = folder.appendingPathComponent("standard-error")
        try Data().write(to: output)
        try Data().write(to: error)
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: error)
        try process.run()
        return (process, output, error)
    }
}

/// A folder of its own for one test, gone afterwards.
func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-simulate-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
