import Foundation
import GRDB
import Synchronization

/// The damage found while a store is open, and the function to call about it.
final class DamageNotice: Sendable {
    private let state = Mutex(State())

    private struct State {
        var found: OutboxError?
        var onFound: (@Sendable (OutboxError) -> Void)?
    }

    /// Notes damage and reports the first.
    func note(_ error: OutboxError) {
        let onFound = state.withLock { state in
            defer { state.found = state.found ?? error }
            return state.found == nil ? state.onFound : nil
        }
        onFound?(error)
    }

    /// Sets the function to call, and calls it at once if damage was found before.
    func tell(_ onFound: @escaping @Sendable (OutboxError) -> Void) {
        let found = state.withLock { state in
            state.onFound = onFound
            return state.found
        }
        if let found { onFound(found) }
    }
}

extension Outbox {
    /// Runs a call on the database. Every call goes through here, so that damage is noticed wherever it is met first.
    func attempt<Result>(_ action: String, _ work: () throws -> Result) throws(OutboxError) -> Result {
        do {
            return try work()
        } catch {
            let error = OutboxError(path: path, action: action, cause: error)
            if error.kind == .damaged { damageNotice.note(error) }
            throw error
        }
    }

    /// Calls `action` once when the file is found damaged, on the thread that finds it; at once if it has been already.
    /// A damaged store must be abandoned and opened again: opening checks the whole file.
    package func onDamage(_ action: @escaping @Sendable (OutboxError) -> Void) { damageNotice.tell(action) }

    /// Leaves a damaged file as it is on disk. A regular close would end with a checkpoint, which copies from the log
    /// without checking what it copies.
    package func abandon() {
        var configuration = Configuration()
        configuration.readonly = true
        // SQLite skips the checkpoint while the file is open elsewhere, and a read-only connection can't perform it.
        let reader = try? DatabaseQueue(path: path, configuration: configuration)
        try? database.close()
        try? reader?.close()
    }
}
