internal import Logging
internal import Postgres
internal import ServiceLifecycle
internal import Storage

/// Migrates the database, however long it takes to come up. Meanwhile the service reports that it is not ready.
struct DatabaseStartup: Service {
    let migrator: Migrator
    let readiness: Readiness
    let logger: Logger

    private static let firstPause: Duration = .milliseconds(250)
    private static let longestPause: Duration = .seconds(10)

    /// Migrates the database, and waits for the shutdown.
    ///
    /// - Throws: `MigrationError`, which waiting does not fix.
    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await migrate()
        }
        try? await gracefulShutdown()
    }

    private func migrate() async throws {
        var pause = Self.firstPause
        while !Task.isCancelled {
            do {
                let applied = try await migrator.migrate()
                readiness.complete()
                logger.notice("Database ready", metadata: ["migrations.applied": "\(applied.count)"])
                return
            } catch let error as PostgresError {
                readiness.wait(because: "\(error)")
                logger.warning(
                    "Database not ready, retrying",
                    metadata: ["error": "\(error)", "pause.seconds": "\(pause / .seconds(1))"])
            }
            // A random factor keeps replicas that start together from connecting in step.
            try? await Task.sleep(for: pause * Double.random(in: 0.8...1.2))
            pause = min(pause * 2, Self.longestPause)
        }
    }
}
