internal import CentralStore
internal import Synchronization

/// Whether the database is migrated, and whether it answers.
final class Readiness: Sendable {
    private let store: CentralStore
    /// What keeps the start from being complete; `nil` once it is.
    private let pending: Mutex<String?>

    init(store: CentralStore) {
        self.store = store
        pending = Mutex("The service is starting: the database is not migrated yet.")
    }

    func wait(because reason: String) { pending.withLock { $0 = reason } }

    func complete() { pending.withLock { $0 = nil } }

    /// What stands in the way of work right now; `nil` where nothing does.
    func obstacle() async -> String? {
        if let reason = pending.withLock(\.self) { return reason }
        do {
            try await store.checkReadiness()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
