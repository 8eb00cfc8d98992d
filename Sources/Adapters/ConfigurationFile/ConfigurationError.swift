/// A problem with a configuration, with its place.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The path of the file, or the option of the command line (`--set mqtt.port`).
    package var file: String
    /// The line, counted from 1; `nil` if the problem does not concern a line.
    package var line: Int?
    /// The key with its path: `mqtt.port`, `floors[0].rooms[2].slug`; empty for the file as a whole.
    package var key: String
    /// The problem, for people, as a phrase without a full stop.
    package var problem: String

    /// Creates an error.
    package init(file: String, line: Int? = nil, key: String, problem: String) {
        self.file = file
        self.line = line
        self.key = key
        self.problem = problem
    }

    /// Returns the place of a value that was given on the command line: `--set mqtt.port`.
    static func option(_ key: String) -> String { "--set \(key)" }

    package var description: String {
        // The option already names the key.
        if file == Self.option(key) { return "\(file): \(problem)" }
        let place = line.map { "\(file):\($0)" } ?? file
        return key.isEmpty ? "\(place): \(problem)" : "\(place): \(key): \(problem)"
    }
}
