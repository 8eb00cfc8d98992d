internal import Logging
internal import Postgres
internal import Synchronization

/// Where questions go that only read: to the replica while it answers, else to the primary.
final class ReadReplicaRouter: Sendable {
    private let replica: ConnectionPool?
    private let primary: ConnectionPool
    private let logger: Logger
    /// Until when the replica is left alone; `nil` while it answers.
    private let restUntil = Mutex<ContinuousClock.Instant?>(nil)

    /// How long a replica that did not answer is left alone, so that not every question waits for it first.
    private static let rest: Duration = .seconds(10)

    init(replica: ConnectionPool?, primary: ConnectionPool, logger: Logger) {
        self.replica = replica
        self.primary = primary
        self.logger = logger
    }

    /// - Throws: `StoreError`, or what `body` throws.
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
        if wasResting { logger.notice("Read replica answers again") }
    }

    private func noteFailure(_ error: any Error) {
        let isNew = restUntil.withLock { until in
            defer { until = ContinuousClock.now + Self.rest }
            return until == nil
        }
        if isNew {
            logger.warning("Read replica does not answer: asking the primary", metadata: ["error": "\(error)"])
        }
    }

    /// Whether the primary may well answer what the replica did not: the replica is away, busy, behind with the schema,
    /// or ended the statement because it had to follow the primary.
    private static func isReplicasFault(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return error is PoolError }
        return error.isConnectionFailure || error.isSerializationFailure
            || ["42P01", "42703", "42883", "3D000", "28P01", "28000"].contains(error.sqlState)
            || ["53", "58"].contains(error.sqlStateClass)
    }
}
