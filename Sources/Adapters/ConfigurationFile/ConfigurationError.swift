/// What is wrong with a configuration, and where.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// 1 is the first line; `nil` where no line is to blame.
    package var line: Int?
    /// `mqtt.port`, `floors[0].rooms[2].slug`.
    package var key: String
    package var problem: String

    package init(file: String, line: Int? = nil, key: String, problem: String) {
        self.file = file
        self.line = line
        self.key = key
        self.problem = problem
    }

    /// The place of a value that was given on the command line: `--set mqtt.port`.
    static func option(_ key: String) -> String { "--set \(key)" }

    package var description: String {
        // The option names the key itself.
        if file == Self.option(key) { return "\(file): \(problem)" }
        let place = line.map { "\(file):\($0)" } ?? file
        return key.isEmpty ? "\(place): \(problem)" : "\(place): \(key): \(problem)"
    }
}
