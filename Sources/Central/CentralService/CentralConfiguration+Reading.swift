internal import APISupport
internal import Building
package import ConfigurationFile
internal import Logging
internal import MCPServer
internal import Postgres
internal import RestAPI
internal import Storage
internal import SupabaseMirror

extension CentralConfiguration {
    /// Reads the configuration. In order of increasing precedence: the defaults, the file, the environment variables
    /// `DATABASE_URL`, `DATABASE_PASSWORD_FILE`, `SUPABASE_URL`, `SUPABASE_KEY` and those of the chat's provider, the
    /// overrides.
    ///
    /// - Parameters:
    ///   - path: The path of the file; `nil` for the defaults.
    ///   - overrides: Settings as `key=value`, for instance `http.port=8081`.
    ///   - environment: The process's environment.
    /// - Throws: `ConfigurationError`, which names file and key.
    package static func load(
        path: String?, overrides: [String], environment: [String: String]
    ) throws(ConfigurationError) -> CentralConfiguration {
        let file =
            if let path { try ConfigurationFile(path: path, overrides: overrides) } else {
                try ConfigurationFile(text: "", file: "(no --config)", overrides: overrides)
            }
        func variable(_ name: String, unless key: String) -> String? {
            overrides.contains { $0.hasPrefix(key + "=") } ? nil : environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        var configuration = try CentralConfiguration(
            file.root, databaseURL: variable(databaseVariable, unless: "database.url"),
            passwordFile: variable(passwordFileVariable, unless: "database.passwordFile"),
            mirror: MirrorConfiguration.Variables(environment, overrides: overrides),
            chat: ChatVariables(environment, overrides: overrides))
        // A read URL equal to the URL is a mistake, so it is ignored.
        if configuration.database.readURL == configuration.database.url { configuration.database.readURL = nil }
        return configuration
    }

    private static let databaseVariable = "DATABASE_URL"
    private static let passwordFileVariable = "DATABASE_PASSWORD_FILE"

    /// Reads the sections of a file.
    ///
    /// - Parameters:
    ///   - databaseURL: The URL from the environment, which takes precedence over the file's.
    ///   - passwordFile: The path from the environment, which takes precedence over the file's.
    init(
        _ root: ConfigurationSection, databaseURL: String?, passwordFile: String?,
        mirror variables: MirrorConfiguration.Variables, chat chatVariables: ChatVariables
    ) throws(ConfigurationError) {
        let section = try root.optionalSection("database")
        let url = try section?.optionalText("url")
        let configuredPasswordFile = try section?.optionalText("passwordFile")
        if let section { database = try Database(section) }
        guard let url = databaseURL ?? url else {
            throw root.error(
                at: "database.url",
                "is required: set it, or the variable \(Self.databaseVariable), to postgresql://user:password@host/database"
            )
        }
        do {
            _ = try ConnectionTarget(url: url)
        } catch {
            let key = databaseURL == nil ? "database.url" : Self.databaseVariable
            throw root.error(at: key, "\(error)")
        }
        database.url = url
        database.passwordFile = passwordFile ?? configuredPasswordFile
        do {
            _ = try database.connection.password()
        } catch {
            throw root.error(at: passwordFile == nil ? "database.passwordFile" : Self.passwordFileVariable, "\(error)")
        }
        if let section = try root.optionalSection("http") { http = try HTTP(section) }
        if let section = try root.optionalSection("ingest") { ingest = try Ingest(section) }
        if let section = try root.optionalSection("tariff") { tariff = try EnergyTariff(section) }
        if let section = try root.optionalSection("meters") { meters = try Meters(section) }
        if let section = try root.optionalSection("live") { live = try Live(section) }
        chat = try Chat(try root.optionalSection("chat"), chatVariables, in: root)
        if let section = try root.optionalSection("mcp") { modelContext = try MCPLimits(section) }
        mirror = try MirrorConfiguration.settings(try root.optionalSection("mirror"), variables, in: root)
        if let section = try root.optionalSection("storage") { storage = try Self.storage(section) }
        if let section = try root.optionalSection("log") { logLevel = try Self.level(section) }
        if let section = try root.optionalSection("shutdown") {
            shutdownGrace = .seconds(try section.integer("graceSeconds", in: 1...300, unit: "s", default: 10))
            try section.finish()
        }
        try root.finish()
    }

    private static func storage(_ section: ConfigurationSection) throws(ConfigurationError) -> StoragePolicy {
        let compress = try section.integer("compressAfterDays", in: 0...36_500, unit: "days", default: 14)
        let keep = try section.integer("keepReadingsDays", in: 0...36_500, unit: "days", default: 0)
        try section.finish()
        return StoragePolicy(
            compressAfterDays: compress > 0 ? compress : nil, keepReadingsDays: keep > 0 ? keep : nil)
    }

    private static func level(_ section: ConfigurationSection) throws(ConfigurationError) -> Logger.Level {
        let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        guard try section.optionalText("level") != nil else {
            try section.finish()
            return .info
        }
        let level = try section.value("level", expected: "one of \(names)") { Logger.Level(rawValue: $0) }
        try section.finish()
        return level
    }
}

extension CentralConfiguration.Database {
    fileprivate init(_ section: ConfigurationSection) throws(ConfigurationError) {
        connections = try section.integer("connections", in: 1...100, default: 8)
        connectTimeout = .seconds(try section.integer("connectTimeoutSeconds", in: 2...60, unit: "s", default: 5))
        statementTimeout = .seconds(
            try section.integer("statementTimeoutSeconds", in: 1...3600, unit: "s", default: 30))
        longestWait = .seconds(try section.integer("longestWaitSeconds", in: 1...60, unit: "s", default: 5))
        readURL = try section.optionalText("readURL")
        if let readURL {
            do { _ = try ConnectionTarget(url: readURL) } catch { throw section.error(at: "readURL", "\(error)") }
        }
        readConnections = try section.integer("readConnections", in: 1...100, default: 4)
        readTimeout = .seconds(try section.integer("readTimeoutSeconds", in: 1...3600, unit: "s", default: 15))
        let slow = try section.integer("slowStatementMilliseconds", in: 0...600_000, unit: "ms", default: 1000)
        slowStatement = slow > 0 ? .milliseconds(slow) : nil
        try section.finish()
    }
}

extension CentralConfiguration.HTTP {
    fileprivate init(_ section: ConfigurationSection) throws(ConfigurationError) {
        host = try section.optionalText("host") ?? "127.0.0.1"
        port = try section.integer("port", in: 0...65535, default: 8080)
        idleTimeout = .seconds(try section.integer("idleTimeoutSeconds", in: 1...3600, unit: "s", default: 60))
        connections = try section.integer("connections", in: 1...100_000, default: 10_000)
        headerBytes = try section.integer("headerBytes", in: 4096...262_144, unit: "bytes", default: 16_384)
        // The default is half, so that one address never takes all connections. Very low limits apply to each address
        // in full.
        connectionsPerAddress = try section.integer(
            "connectionsPerAddress", in: 1...100_000, default: max(connections / 2, min(connections, 64)))
        bodyDuration = .seconds(try section.integer("bodySeconds", in: 1...3600, unit: "s", default: 300))
        bodyBytesPerSecond = try section.integer(
            "bodyBytesPerSecond", in: 0...1_048_576, unit: "bytes", default: 512)
        bodyMemoryBytes = try section.integer(
            "bodyMemoryBytes", in: 1_048_576...68_719_476_736, unit: "bytes", default: 512 << 20)
        bodyMemoryBytesPerAddress = try section.integer(
            "bodyMemoryBytesPerAddress", in: 65_536...68_719_476_736, unit: "bytes", default: bodyMemoryBytes / 2)
        trustedProxies = try section.texts("trustedProxies").map { text throws(ConfigurationError) in
            guard let range = AddressRange(text) else {
                throw section.error(
                    at: "trustedProxies", "“\(text)” is not an address such as 10.0.0.5, or a range such as 10.0.0.0/8")
            }
            return range
        }
        if try section.optionalText("publicURL") != nil {
            publicURL = try section.value("publicURL", expected: "an address such as https://hotel.example") { text in
                text.wholeMatch(of: #/https?:\/\/[A-Za-z0-9._:\[\]-]+(\/[A-Za-z0-9._~\/-]*[A-Za-z0-9._~-])?/#) == nil
                    ? nil : text
            }
        }
        try section.finish()
    }
}

extension CentralConfiguration.Live {
    fileprivate init(_ section: ConfigurationSection) throws(ConfigurationError) {
        streams = try section.integer("streams", in: 1...100_000, default: 1000)
        streamsPerToken = try section.integer("streamsPerToken", in: 1...10_000, default: 10)
        heartbeat = .seconds(try section.integer("heartbeatSeconds", in: 1...60, unit: "s", default: 15))
        try section.finish()
    }
}

extension MCPLimits {
    fileprivate init(_ section: ConfigurationSection) throws(ConfigurationError) {
        self.init()
        calls = try section.integer("calls", in: 1...10_000, default: calls)
        callsPerToken = try section.integer("callsPerToken", in: 1...1000, default: callsPerToken)
        callsPerMinute = try section.integer("callsPerMinute", in: 1...10_000, default: callsPerMinute)
        try section.finish()
    }
}

extension CentralConfiguration.Ingest {
    fileprivate init(_ section: ConfigurationSection) throws(ConfigurationError) {
        batchesInFlight = try section.integer("batchesInFlight", in: 1...10_000, default: 2000)
        batchesPerBuilding = try section.integer(
            "batchesPerBuilding", in: 1...10_000, default: max(1, batchesInFlight / 4))
        memoryBytes = try section.integer(
            "memoryBytes", in: 1_048_576...68_719_476_736, unit: "bytes", default: 268_435_456)
        memoryBytesPerBuilding = try section.integer(
            "memoryBytesPerBuilding", in: 65_536...68_719_476_736, unit: "bytes", default: memoryBytes / 2)
        shares.stores = try section.integer("storesPerBuilding", in: 1...1_000_000, default: shares.stores)
        shares.series = try section.integer("seriesPerBuilding", in: 1...100_000_000, default: shares.series)
        shares.newSeriesPerHour = try section.integer(
            "newSeriesPerHour", in: 1...100_000_000, default: shares.newSeriesPerHour)
        batchBytes = try section.integer("batchBytes", in: 65_536...67_108_864, unit: "bytes", default: 8_388_608)
        try section.finish()
    }
}
