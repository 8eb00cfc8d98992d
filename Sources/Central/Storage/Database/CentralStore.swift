package import Building
package import Logging
package import Postgres

/// The central database with the data of all buildings. All SQL of the central service is in this module.
package final class CentralStore: Sendable {
    let pool: ConnectionPool
    let logger: Logger
    /// Returns the current time, for judging whether a reading's time lies in the future.
    let now: @Sendable () -> Timestamp
    let seriesCache = SeriesCache()
    /// The amounts a building may add.
    let shares: BuildingShares
    let seriesShare: SeriesShare
    let groupCommit = GroupCommit()
    let snapshots = DataLoader<Int, RoomSnapshot>(lanes: 2, most: 64)
    let copies = SnapshotCache()
    /// Tells other replicas about new readings after ingest's commits.
    let announcer: LatestAnnouncer
    private let reads: ReadReplicaRouter
    private let aside: ConnectionPool

    /// Creates a store.
    ///
    /// - Parameters:
    ///   - pool: Connections to the primary.
    ///   - reads: Connections for queries that may take long; by default `pool`.
    ///   - replica: Connections to a read replica, which is asked before `reads`.
    ///   - aside: Connections for short work that must not queue behind ingest; by default `pool`.
    ///   - shares: The amounts a building may add.
    ///   - now: Returns the current time.
    package init(
        pool: ConnectionPool, reads: ConnectionPool? = nil, replica: ConnectionPool? = nil,
        aside: ConnectionPool? = nil, shares: BuildingShares = BuildingShares(), logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.pool = pool
        self.shares = shares
        seriesShare = SeriesShare(shares)
        self.aside = aside ?? pool
        self.reads = ReadReplicaRouter(replica: replica, primary: reads ?? pool, logger: logger)
        self.logger = logger
        self.now = now
        announcer = LatestAnnouncer(pool: self.aside, logger: logger)
    }

    /// Runs `body` on a connection.
    ///
    /// - Throws: `StoreError` if the database is temporarily at fault; otherwise the error of `body`.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.withConnection(body)
        } catch {
            throw StoreError.translated(error)
        }
    }

    /// Runs `body`, which only reads, on the read replica if there is one that answers, otherwise on the primary. It is
    /// for queries that may take long, and that need not have the readings of the last few seconds.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        try await reads.run(body)
    }

    /// Runs `body`, which must be short, on a connection that ingest does not use.
    func runAside<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        do {
            return try await aside.withConnection(body)
        } catch {
            throw StoreError.translated(error)
        }
    }

    /// Runs `body` as one transaction, and repeats it if the database rolled it back because of concurrent
    /// transactions.
    func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        try await run { connection in
            for _ in 1..<Self.attempts {
                do {
                    return try connection.transaction(body)
                } catch let error as PostgresError where error.isSerializationFailure {
                    continue
                }
            }
            return try connection.transaction(body)
        }
    }

    private static let attempts = 4

    /// Checks that the database answers and has the schema of this version.
    ///
    /// - Throws: `StoreError.unavailable` or `MigrationError`.
    package func checkReadiness() async throws {
        try await run { connection in
            let applied = try Migrator.applied(on: connection)
            try Migrator.check(applied)
            guard applied.count == Migration.all.count else {
                throw StoreError.unavailable(reason: "The schema migrations have not been applied yet.")
            }
        }
    }
}
