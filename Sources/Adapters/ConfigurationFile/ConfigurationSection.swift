import Yams

/// The sources of values: a file, and the options of the command line that take precedence over it.
struct ValueSources {
    let file: String
    /// The keys given by `--set`: `mqtt.port`.
    let overridden: Set<String>

    /// Returns an error at the place that gave the value of `key`.
    ///
    /// - Parameter line: The line of the file, ignored for a value given by `--set`.
    func error(at key: String, line: Int?, _ problem: String) -> ConfigurationError {
        // `--set a.b.c=1` is the cause for `a.b` as well if that exists only because of it.
        let option =
            overridden.contains(key) ? key : line == nil ? overridden.sorted().first { $0.hasPrefix(key + ".") } : nil
        guard let option else { return ConfigurationError(file: file, line: line, key: key, problem: problem) }
        return ConfigurationError(file: ConfigurationError.option(option), key: key, problem: problem)
    }
}

/// One level of a configuration file. Read every possible key, then call `finish` to detect unknown ones.
package final class ConfigurationSection {
    private let mapping: Node.Mapping
    private let path: String
    private let place: ValueSources
    private let line: Int?
    private var known: [String] = []

    init(node: Node, path: String, place: ValueSources) throws(ConfigurationError) {
        guard let mapping = node.mapping else {
            throw place.error(at: path, line: node.mark?.line, "expected a mapping of keys to values")
        }
        self.mapping = mapping
        self.path = path
        self.place = place
        line = node.mark?.line
    }

    /// Returns an error at `key` of this level.
    package func error(at key: String, _ problem: String) -> ConfigurationError {
        place.error(at: path(of: key), line: mapping[Node(key)]?.mark?.line ?? line, problem)
    }

    /// Checks that every key of this level has been read.
    ///
    /// - Throws: `ConfigurationError` if there is an unknown key.
    package func finish() throws(ConfigurationError) {
        for (key, _) in mapping {
            let name = key.scalar?.string ?? "?"
            guard known.contains(name) else {
                throw place.error(
                    at: path(of: name), line: key.mark?.line,
                    "unknown key; the known keys are \(known.sorted().joined(separator: ", "))")
            }
        }
    }

    // MARK: Values

    /// Returns a text that is not empty; throws if the key is missing.
    package func text(_ key: String) throws(ConfigurationError) -> String {
        guard let text = try optionalText(key) else { throw missing(key) }
        return text
    }

    /// Returns a text that is not empty; `nil` if the key is missing or null.
    package func optionalText(_ key: String) throws(ConfigurationError) -> String? {
        guard let node = take(key), !isNull(node) else { return nil }
        guard let text = node.scalar?.string else { throw error(at: key, "expected a text") }
        guard !text.isEmpty else { throw error(at: key, "must not be empty") }
        return text
    }

    /// Returns a text converted by `parse`; throws if the key is missing or `parse` returns `nil`.
    ///
    /// - Parameter expected: The expected form, for the error: `an IANA time zone such as Europe/Berlin`.
    package func value<Value>(
        _ key: String, expected: String, _ parse: (String) -> Value?
    ) throws(ConfigurationError) -> Value {
        let text = try text(key)
        guard let value = parse(text) else { throw error(at: key, "“\(text)” is not \(expected)") }
        return value
    }

    /// Returns a number within `range`; throws if it is not, or if the key is missing and there is no default.
    package func number(
        _ key: String, in range: ClosedRange<Double>, unit: String, default standard: Double? = nil
    ) throws(ConfigurationError) -> Double {
        guard let text = try optionalText(key) else {
            guard let standard else { throw missing(key) }
            return standard
        }
        guard let number = Double(text), range.contains(number) else {
            let limits = "\(plain(range.lowerBound)) to \(plain(range.upperBound)) \(unit)"
            throw error(at: key, "“\(text)” is not a number from \(limits)")
        }
        return number
    }

    /// Returns a whole number within `range`; throws if it is not, or if the key is missing and there is no default.
    package func integer(
        _ key: String, in range: ClosedRange<Int>, unit: String = "", default standard: Int? = nil
    ) throws(ConfigurationError) -> Int {
        guard let text = try optionalText(key) else {
            guard let standard else { throw missing(key) }
            return standard
        }
        guard let number = Int(text), range.contains(number) else {
            let suffix = unit.isEmpty ? "" : " \(unit)"
            throw error(
                at: key, "“\(text)” is not a whole number from \(range.lowerBound) to \(range.upperBound)\(suffix)")
        }
        return number
    }

    /// Returns `true` or `false`; the default if the key is missing.
    package func flag(_ key: String, default standard: Bool) throws(ConfigurationError) -> Bool {
        switch try optionalText(key) {
        case nil: return standard
        case "true": return true
        case "false": return false
        case let text?: throw error(at: key, "“\(text)” is neither true nor false")
        }
    }

    // MARK: Nested levels

    /// Returns a nested level; throws if the key is missing.
    package func section(_ key: String) throws(ConfigurationError) -> ConfigurationSection {
        guard let section = try optionalSection(key) else { throw missing(key) }
        return section
    }

    /// Returns a nested level; `nil` if the key is missing or null.
    package func optionalSection(_ key: String) throws(ConfigurationError) -> ConfigurationSection? {
        guard let node = take(key), !isNull(node) else { return nil }
        return try ConfigurationSection(node: node, path: path(of: key), place: place)
    }

    /// Returns a list of sections; empty if the key is missing.
    package func list(_ key: String) throws(ConfigurationError) -> [ConfigurationSection] {
        guard let node = take(key), !isNull(node) else { return [] }
        guard let sequence = node.sequence else { throw error(at: key, "expected a list") }
        var sections: [ConfigurationSection] = []
        for (index, item) in sequence.enumerated() {
            sections.append(try ConfigurationSection(node: item, path: "\(path(of: key))[\(index)]", place: place))
        }
        return sections
    }

    /// Returns a list of texts that are not empty; empty if the key is missing.
    package func texts(_ key: String) throws(ConfigurationError) -> [String] {
        guard let node = take(key), !isNull(node) else { return [] }
        guard let sequence = node.sequence else { throw error(at: key, "expected a list") }
        var texts: [String] = []
        for item in sequence {
            guard let text = item.scalar?.string, !text.isEmpty else {
                throw error(at: key, "expected a list of non-empty strings")
            }
            texts.append(text)
        }
        return texts
    }

    private func take(_ key: String) -> Node? {
        known.append(key)
        return mapping[Node(key)]
    }

    private func isNull(_ node: Node) -> Bool {
        node.scalar.map { $0.style == .plain && ["", "~", "null"].contains($0.string) } ?? false
    }

    private func missing(_ key: String) -> ConfigurationError { error(at: key, "this key is required") }

    private func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func plain(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }
}
