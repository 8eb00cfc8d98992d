import Foundation
import GRDB
import Synchronization

/// What was found damaged while a store was open, and who wants to know.
final class DamageNotice: Sendable {
    private let state = Mutex(State())

    private struct State {
        var found: OutboxError?
        var onFound: (@Sendable (OutboxError) -> Void)?
    }

    func note(_ error: OutboxError) {
        let onFound = state.withLock { state in
            defer { state.found = state.found ?? error }
            return state.found == nil ? state.onFound : nil
        }
        onFound?(error)
    }

    func tell(_ onFound: @escaping @Sendable (OutboxError) -> Void) {
        let found = state.withLock { state in
            state.onFound = onFound
            return state.found
        }
        if let found { onFound(found) }
    }
}

extension Outbox {
    /// Every call on the database goes through here, so that damage is noticed wherever it is met first.
    func attempt<Result>(_ action: String, _ work: () throws -> Result) throws(OutboxError) -> Result {
        do {
            return try work()
        } catch {
            let error = OutboxError(path: path, action: action, cause: error)
            if error.kind == .damaged { damageNotice.note(error) }
            throw error
        }
    }

    /// Calls `action` once, when the file is found damaged, on the thread that found it; at once where it has been. Such a
    /// store is to be abandoned and opened anew: the opening looks at all of the file.
    package func onDamage(_ action: @escaping @Sendable (OutboxError) -> Void) { damageNotice.tell(action) }

    /// Leaves a damaged file as it lies on the disk. In order it would be closed with a checkpoint, which copies from the
    /// log without looking what it copies.
    package func abandon() {
        var configuration = Configuration()
        configuration.readonly = true
        // SQLite does without the checkpoint while somebody else has the file open, and one who only reads can't make it.
        let reader = try? DatabaseQueue(path: path, configuration: configuration)
        try? database.close()
        try? reader?.close()
    }
}
