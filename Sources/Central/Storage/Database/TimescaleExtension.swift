internal import Logging
internal import Postgres

/// The extension that provides hypertables.
enum TimescaleExtension {
    /// Creates the extension if it is missing.
    ///
    /// - Throws: `MigrationError.noTimescale` with a remedy.
    static func ensure(on connection: Connection, logger: Logger) throws {
        let state = try connection.query(
            """
            SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb'),
                EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb')
            """
        )[0]
        if try state.value(0, as: Bool.self) { return }
        guard try state.value(1, as: Bool.self) else {
            throw MigrationError.noTimescale(
                reason: "this server does not have it installed",
                remedy: "Install its package (Debian 13: postgresql-17-timescaledb), set shared_preload_libraries = "
                    + "'timescaledb' in postgresql.conf, and restart PostgreSQL.")
        }
        do {
            try connection.execute(script: "CREATE EXTENSION IF NOT EXISTS timescaledb")
            logger.notice("TimescaleDB extension created")
        } catch let error as PostgresError where error.message.contains("preloaded") {
            throw MigrationError.noTimescale(
                reason: "the server has it but did not load it at startup",
                remedy: "Set shared_preload_libraries = 'timescaledb' in postgresql.conf and restart PostgreSQL.")
        } catch let error as PostgresError where error.sqlState == "42501" {
            throw MigrationError.noTimescale(
                reason: "the user in the database URL is not allowed to create it",
                remedy: "As a superuser, run in this database: CREATE EXTENSION timescaledb;")
        }
    }
}
