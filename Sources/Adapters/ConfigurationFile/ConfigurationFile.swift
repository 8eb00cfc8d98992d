import Foundation
import Yams

/// A YAML file that is read once and strictly: every key must be known, and every value must be valid.
package struct ConfigurationFile {
    /// The top level.
    package let root: ConfigurationSection

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - overrides: Values of the form `key=value`, with dots between levels: `mqtt.port=1884`. They take precedence
    ///     over the file.
    /// - Throws: `ConfigurationError` if the file cannot be read, is not YAML, or an override does not have that form.
    package init(path: String, overrides: [String] = []) throws(ConfigurationError) {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ConfigurationError(file: path, key: "", problem: Self.cause(of: path))
        }
        try self.init(text: text, file: path, overrides: overrides)
    }

    /// Reads a configuration from its text, by the same rules.
    ///
    /// - Parameter file: The name of the file for errors.
    package init(text: String, file: String, overrides: [String] = []) throws(ConfigurationError) {
        var node: Node
        do {
            node = try Yams.compose(yaml: text) ?? .mapping([:])
        } catch {
            throw ConfigurationError(file: file, key: "", problem: "not valid YAML: \(error)")
        }
        if node.scalar?.string.isEmpty == true { node = .mapping([:]) }
        var overridden: Set<String> = []
        for override in overrides {
            guard let equals = override.firstIndex(of: "="), equals > override.startIndex else {
                throw ConfigurationError(
                    file: "--set \(override)", key: "", problem: "expected key=value, for instance mqtt.port=1884")
            }
            let keys = override[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            let value = String(override[override.index(after: equals)...])
            node = Self.setting(keys[...], to: value, in: node)
            overridden.insert(keys.joined(separator: "."))
        }
        root = try ConfigurationSection(node: node, path: "", place: ValueSources(file: file, overridden: overridden))
    }

    /// Returns the reason a file could not be read as text.
    private static func cause(of path: String) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return access(path, F_OK) != 0 && errno == EACCES
                ? "the file is in a folder that this user may not enter" : "the file does not exist"
        }
        if isFolder.boolValue { return "this is a folder; specify the file in it" }
        guard access(path, R_OK) == 0 else {
            return
                "the file can't be read: \(String(cString: strerror(errno))). Make it readable by the user who runs this program"
        }
        return "the file is not valid UTF-8"
    }

    private static func setting(_ keys: ArraySlice<String>, to value: String, in node: Node?) -> Node {
        guard let key = keys.first else { return Node(value) }
        var mapping = node?.mapping ?? Node.Mapping([])
        mapping[Node(key)] = setting(keys.dropFirst(), to: value, in: mapping[Node(key)])
        return .mapping(mapping)
    }
}
