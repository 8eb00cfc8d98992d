internal import Logging
internal import Storage
internal import Synchronization

/// The reason the service is not ready.
struct ReadinessFailure: Hashable, Sendable {
    /// The reason for everyone, without the database's address.
    var reason: String
    /// The details for operators.
    var detail: String
}

/// The readiness of the service: whether the database is migrated and answers.
final class Readiness: Sendable {
    private let store: CentralStore
    /// The reason the start is not complete; `nil` once it is.
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

    /// Returns the reason the service is not ready now; `nil` if it is ready.
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
