internal import Logging
internal import Postgres
internal import Synchronization

/// Routes read-only queries to the replica while it answers, otherwise to the primary.
final class ReadReplicaRouter: Sendable {
    private let replica: ConnectionPool?
    private let primary: ConnectionPool
    private let logger: Logger
    /// The time until which the replica is not asked; `nil` while it answers.
    private let restUntil = Mutex<ContinuousClock.Instant?>(nil)

    /// The time for which a replica that did not answer is not asked, so that not every query waits for it first.
    private static let rest: Duration = .seconds(10)

    init(replica: ConnectionPool?, primary: ConnectionPool, logger: Logger) {
        self.replica = replica
        self.primary = primary
        self.logger = logger
    }

    /// Runs `body` on the replica or on the primary.
    ///
    /// - Throws: `StoreError`, or the error of `body`.
    func run<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        if let replica, mayAsk {
            do {
                let value = try await replica.withConnection(body)
                noteSuccess()
                return value
            } catch {
                guard Self.isReplicasFault(error) else { throw StoreError.translated(error) }
                noteFailure(error)
            }
        }
        do {
            return try await primary.withConnection(body)
        } catch {
            throw StoreError.translated(error)
        }
    }

    private var mayAsk: Bool {
        restUntil.withLock { until in until.map { $0 <= ContinuousClock.now } ?? true }
    }

    private func noteSuccess() {
        let wasResting = restUntil.withLock { until in
            defer { until = nil }
            return until != nil
        }
        if wasResting { logger.notice("Read replica responds again") }
    }

    private func noteFailure(_ error: any Error) {
        let isNew = restUntil.withLock { until in
            defer { until = ContinuousClock.now + Self.rest }
            return until == nil
        }
        if isNew {
            logger.warning("Read replica does not respond: using the primary", metadata: ["error": "\(error)"])
        }
    }

    /// Returns whether the primary may be able to answer where the replica failed: the replica is down, busy, behind
    /// with the schema, or cancelled the statement in order to follow the primary.
    private static func isReplicasFault(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return error is PoolError }
        return error.isConnectionFailure || error.isSerializationFailure
            || ["42P01", "42703", "42883", "3D000", "28P01", "28000"].contains(error.sqlState)
            || ["53", "58"].contains(error.sqlStateClass)
    }
}
