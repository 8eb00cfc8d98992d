package import Logging
package import Postgres

/// Brings a database to the schema of this version of Hearth.
package struct Migrator: Sendable {
    private let settings: ConnectionSettings
    private let storage: StoragePolicy?
    private let logger: Logger

    /// Creates a migrator.
    ///
    /// - Parameters:
    ///   - settings: The connection to the database. Its statement timeout is not used, because a migration may take as
    ///     long as it needs.
    ///   - storage: The policy for old readings from now on; `nil` leaves it unchanged.
    package init(settings: ConnectionSettings, storage: StoragePolicy? = nil, logger: Logger) {
        var settings = settings
        settings.statementTimeout = .zero
        settings.idleInTransactionTimeout = .zero
        self.settings = settings
        self.storage = storage
        self.logger = logger
    }

    /// Applies all missing migrations, each in its own transaction. Several processes may call this at the same time:
    /// one works, the others wait for it.
    ///
    /// - Returns: The names of the migrations applied by this call.
    /// - Throws: `MigrationError` if someone has to act first; otherwise `PostgresError`.
    package func migrate() async throws -> [String] {
        do {
            return try await onConnection(to: settings)
        } catch let error as PostgresError where error.sqlState == "3D000" {
            try await createDatabase()
            return try await onConnection(to: settings)
        }
    }

    private func onConnection(to settings: ConnectionSettings) async throws -> [String] {
        let pool = ConnectionPool(settings: settings, limits: .init(connections: 1))
        defer { pool.close() }
        return try await pool.withConnection { [logger, storage] connection in
            // The lock's number is the bytes of “Hearth”. Any number works that nothing else locks.
            try connection.query("SELECT pg_advisory_lock(79600263787624)")
            let encoding: String = try connection.query("SHOW server_encoding")[0].value(0)
            guard encoding == "UTF8" else { throw MigrationError.wrongEncoding(encoding) }
            try TimescaleExtension.ensure(on: connection, logger: logger)
            try connection.query(
                """
                CREATE TABLE IF NOT EXISTS schema_migration (
                    name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
                """)
            let applied = try Self.applied(on: connection)
            try Self.check(applied)
            var done: [String] = []
            for migration in Migration.all where applied[migration.name] == nil {
                try Self.apply(migration, on: connection)
                logger.notice("Schema migration applied", metadata: ["migration": "\(migration.name)"])
                done.append(migration.name)
            }
            storage?.apply(on: connection, logger: logger)
            if done.contains(Self.publishing) { try Self.checkPublication(on: connection, logger: logger) }
            return done
        }
    }

    /// The migration that publishes `latest_reading` if the user has the right to.
    private static let publishing = "0003-changes"

    private static func checkPublication(on connection: Connection, logger: Logger) throws {
        let published = try connection.query("SELECT FROM pg_publication_tables WHERE tablename = 'latest_reading'")
        guard published.isEmpty else { return }
        logger.notice(
            "latest_reading is not published: this user is not allowed to create a publication. Only Supabase Realtime needs one",
            metadata: [
                "remedy": "As the database's owner: CREATE PUBLICATION supabase_realtime FOR TABLE latest_reading"
            ]
        )
    }

    private static func apply(_ migration: Migration, on connection: Connection) throws {
        try connection.transaction { connection in
            try connection.execute(script: migration.script)
            try connection.query(
                "INSERT INTO schema_migration (name, checksum) VALUES ($1, $2)",
                [.text(migration.name), .text(migration.checksum)])
        }
    }

    /// Returns the checksums of the applied migrations by name.
    static func applied(on connection: Connection) throws -> [String: String] {
        let rows = try connection.query("SELECT name, checksum FROM schema_migration")
        let pairs = try rows.map { (try $0.value(0, as: String.self), try $0.value(1, as: String.self)) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// Checks that the applied migrations are known and unchanged.
    ///
    /// - Throws: `MigrationError` if the database was not made by these migrations.
    static func check(_ applied: [String: String]) throws {
        let known = Dictionary(uniqueKeysWithValues: Migration.all.map { ($0.name, $0.checksum) })
        for (name, checksum) in applied.sorted(by: { $0.key < $1.key }) {
            guard let expected = known[name] else { throw MigrationError.newerSchema(migration: name) }
            guard expected == checksum else { throw MigrationError.changed(migration: name) }
        }
    }

    private func createDatabase() async throws {
        guard let database = try settings.target().database else { return }
        logger.notice(
            "Database does not exist yet: creating it", metadata: ["database": "\(database)"])
        var maintenance = settings
        maintenance.database = "postgres"
        let pool = ConnectionPool(settings: maintenance, limits: .init(connections: 1))
        defer { pool.close() }
        do {
            try await pool.withConnection { connection in
                let name = try connection.quotedIdentifier(database)
                // The database needs UTF-8 and the same sort order everywhere, whatever the server's defaults are.
                try connection.execute(
                    script: "CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
            }
        } catch let error as PostgresError where error.sqlState == "42P04" || error.sqlState == "23505" {
            // Another replica created it first.
        } catch let error as PostgresError where !error.isConnectionFailure {
            throw MigrationError.noDatabase(name: database, reason: error.message)
        }
    }
}

/// The reason the schema can't be brought up to date. Someone has to act; trying again does not help.
package enum MigrationError: Error, Hashable, Sendable, CustomStringConvertible {
    case changed(migration: String)
    case newerSchema(migration: String)
    case noDatabase(name: String, reason: String)
    case noTimescale(reason: String, remedy: String)
    case wrongEncoding(String)

    /// The reason and the remedy, for operators.
    package var description: String {
        switch self {
        case .changed(let migration):
            "Migration \(migration) was applied to this database with different contents from this program's. "
                + "Run the version of Hearth that created the database, or restore the file."
        case .newerSchema(let migration):
            "This database has the migration \(migration), which this version of Hearth does not know. "
                + "Run the newer version that applied it."
        case .noDatabase(let name, let reason):
            "The database “\(name)” does not exist and cannot be created: \(reason). "
                + "Create it, or grant CREATEDB to the user in the database URL."
        case .noTimescale(let reason, let remedy):
            "Hearth needs PostgreSQL with the TimescaleDB extension: \(reason). \(remedy)"
        case .wrongEncoding(let encoding):
            "This database is encoded as \(encoding) and cannot hold every name and state. "
                + "Create it with ENCODING 'UTF8', or specify one that does not exist, and Hearth creates it."
        }
    }
}
