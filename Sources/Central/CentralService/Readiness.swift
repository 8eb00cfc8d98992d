internal import Logging
internal import Storage
internal import Synchronization

/// What stands in the way of work.
struct ReadinessFailure: Hashable, Sendable {
    /// For everyone: nothing about where the database is.
    var reason: String
    /// For ops.
    var detail: String
}

/// Whether the database is migrated, and whether it answers.
final class Readiness: Sendable {
    private let store: CentralStore
    /// What keeps the start from being complete; `nil` once it is.
    private let pending: Mutex<ReadinessFailure?>

    init(store: CentralStore) {
        self.store = store
        pending = Mutex(ReadinessFailure(reason: Self.starting, detail: "connecting to the database"))
    }

    private static let starting = "The service is starting: the database is not ready yet."

    func wait(because detail: String) {
        pending.withLock { $0 = ReadinessFailure(reason: Self.starting, detail: detail) }
    }

    func complete() { pending.withLock { $0 = nil } }

    /// What stands in the way right now; `nil` where nothing does.
    func obstacle() async -> ReadinessFailure? {
        if let obstacle = pending.withLock(\.self) { return obstacle }
        do {
            try await store.checkReadiness()
            return nil
        } catch let error as MigrationError {
            return ReadinessFailure(reason: error.description, detail: error.description)
        } catch {
            return ReadinessFailure(reason: "The database is not available right now.", detail: "\(error)")
        }
    }
}
