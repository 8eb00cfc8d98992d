internal import ConfigurationFile
internal import Foundation
internal import SupabaseMirror

/// Reads the destination of the mirror of latest readings.
enum MirrorConfiguration {
    /// The environment variables of the destination.
    struct Variables {
        var url: String?
        var key: String?

        static let urlName = "SUPABASE_URL"
        static let keyName = "SUPABASE_KEY"

        /// Reads the environment.
        ///
        /// - Parameter overrides: The overrides of the command line, which take precedence.
        init(_ environment: [String: String], overrides: [String]) {
            func value(_ name: String, unless key: String) -> String? {
                overrides.contains { $0.hasPrefix(key + "=") }
                    ? nil : environment[name].flatMap { $0.isEmpty ? nil : $0 }
            }
            url = value(Self.urlName, unless: "mirror.url")
            key = value(Self.keyName, unless: "mirror.keyFile")
        }
    }

    /// Returns the destination; `nil` if no mirror is configured.
    static func settings(
        _ section: ConfigurationSection?, _ variables: Variables, in root: ConfigurationSection
    ) throws(ConfigurationError) -> MirrorSettings? {
        let writtenURL = try section?.optionalText("url")
        let url = variables.url ?? writtenURL
        let keyFile = try section?.optionalText("keyFile")
        let seconds = try section?.integer("intervalSeconds", in: 1...3600, unit: "s", default: 1)
        let rows = try section?.integer("batchRows", in: 1...500, default: 500)
        try section?.finish()
        var key = variables.key
        if key == nil, let keyFile { key = try read(keyFile, root) }
        guard url != nil || key != nil else { return nil }
        guard let url else {
            throw root.error(
                at: "mirror.url", "is required: set it, or \(Variables.urlName), to https://<project>.supabase.co")
        }
        guard let key else {
            throw root.error(
                at: "mirror.keyFile",
                "is required: set it to a file with the project's service_role key, or set \(Variables.keyName)")
        }
        guard isAddress(url) else {
            // The key is secret, so the connection must be encrypted.
            throw root.error(
                at: variables.url == nil ? "mirror.url" : Variables.urlName,
                "is not an address such as https://abcdefgh.supabase.co; http is allowed only on this machine")
        }
        guard isKey(key) else {
            throw root.error(
                at: variables.key == nil ? "mirror.keyFile" : Variables.keyName, "does not hold a key: one ASCII word"
            )
        }
        var settings = MirrorSettings(url: url, key: key)
        if let seconds { settings.interval = .seconds(seconds) }
        if let rows { settings.batchRows = rows }
        return settings
    }

    private static func read(_ path: String, _ root: ConfigurationSection) throws(ConfigurationError) -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw root.error(at: "mirror.keyFile", "\(path) can't be read")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func isAddress(_ text: String) -> Bool {
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.query == nil,
            parts.fragment == nil, parts.user == nil
        else { return false }
        return parts.scheme == "https"
            || parts.scheme == "http" && ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
    }

    private static func isKey(_ text: String) -> Bool {
        (1...4096).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 32 && $0 < 127 }
    }
}
