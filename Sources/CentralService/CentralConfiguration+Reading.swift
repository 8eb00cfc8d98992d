public import ConfigurationFile
internal import Logging
internal import Postgres

extension CentralConfiguration {
    /// Reads the configuration. Later ones win: what is built in, the file, `DATABASE_URL`, the overrides.
    ///
    /// - Parameters:
    ///   - path: of the file; without one, everything is as built in.
    ///   - overrides: `key=value`, for instance `http.port=8081`.
    ///   - environment: of the process.
    /// - Throws: `ConfigurationError`, naming file and key.
    public static func load(
        path: String?, overrides: [String], environment: [String: String]
    ) throws(ConfigurationError) -> CentralConfiguration {
        let file =
            if let path { try ConfigurationFile(path: path, overrides: overrides) } else {
                try ConfigurationFile(text: "", file: "(no --config)", overrides: overrides)
            }
        let variable = environment[databaseVariable].flatMap { $0.isEmpty ? nil : $0 }
        let overridden = overrides.contains { $0.hasPrefix("database.url=") }
        return try CentralConfiguration(file.root, databaseURL: overridden ? nil : variable)
    }

    private static let databaseVariable = "DATABASE_URL"

    /// - Parameter databaseURL: wins over the file's.
    init(_ root: ConfigurationSection, databaseURL: String?) throws(ConfigurationError) {
        let section = try root.optionalSection("database")
        let url = try section?.optionalText("url")
        if let section { database = try Database(section) }
        guard let url = databaseURL ?? url else {
            throw root.error(
                at: "database.url",
                "is missing: set it, or the variable \(Self.databaseVariable), to postgresql://user:password@host/database"
            )
        }
        do {
            _ = try ConnectionTarget(url: url)
        } catch {
            let key = databaseURL == nil ? "database.url" : Self.databaseVariable
            throw root.error(at: key, "\(error)")
        }
        database.url = url
        if let section = try root.optionalSection("http") { http = try HTTP(section) }
        if let section = try root.optionalSection("ingest") { ingest = try Ingest(section) }
        if let section = try root.optionalSection("log") { logLevel = try Self.level(section) }
        if let section = try root.optionalSection("shutdown") {
            shutdownGrace = .seconds(try section.integer("graceSeconds", in: 1...300, unit: "s", default: 10))
            try section.finish()
        }
        try root.finish()
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
        try section.finish()
    }
}

extension CentralConfiguration.HTTP {
    fileprivate init(_ section: ConfigurationSection) throws(ConfigurationError) {
        host = try section.optionalText("host") ?? "127.0.0.1"
        port = try section.integer("port", in: 0...65535, default: 8080)
        idleTimeout = .seconds(try section.integer("idleTimeoutSeconds", in: 1...3600, unit: "s", default: 60))
        try section.finish()
    }
}

extension CentralConfiguration.Ingest {
    fileprivate init(_ section: ConfigurationSection) throws(ConfigurationError) {
        batchesInFlight = try section.integer("batchesInFlight", in: 1...1000, default: 32)
        batchBytes = try section.integer("batchBytes", in: 65_536...67_108_864, unit: "bytes", default: 8_388_608)
        try section.finish()
    }
}
