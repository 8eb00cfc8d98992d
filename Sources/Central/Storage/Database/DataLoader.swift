internal import Postgres
internal import Synchronization

/// Combines queries that arrive while the database answers others: under load one statement serves many callers, and no
/// caller gets data that was read before it asked.
final class DataLoader<Key: Hashable & Sendable, Answer: Sendable>: Sendable {
    /// Answers all keys at once; a key without an answer is omitted.
    typealias Load = @Sendable ([Key]) async throws -> [Key: Answer]

    private let lanes: Int
    private let most: Int

    private struct Waiter {
        let key: Key
        let continuation: CheckedContinuation<Answer?, any Error>
    }

    private struct State {
        /// The waiting callers, oldest first.
        var waiting: [Waiter] = []
        var running = 0
    }

    private let state = Mutex(State())

    /// Creates a loader.
    ///
    /// - Parameters:
    ///   - lanes: The number of statements that run at the same time.
    ///   - most: The largest number of keys in one statement.
    init(lanes: Int, most: Int) {
        self.lanes = lanes
        self.most = most
    }

    /// Returns the answer for `key`.
    ///
    /// - Parameter load: The query, of which one waiting caller's runs for all of them. It is not cancelled with its
    ///   caller.
    /// - Returns: `nil` if there is no answer.
    func ask(_ key: Key, _ load: @escaping Load) async throws -> Answer? {
        try await withCheckedThrowingContinuation { continuation in
            let begins = state.withLock { state in
                state.waiting.append(Waiter(key: key, continuation: continuation))
                guard state.running < lanes else { return false }
                state.running += 1
                return true
            }
            if begins { Task { await run(load) } }
        }
    }

    private func run(_ load: Load) async {
        while let group = next() {
            let keys = Array(Set(group.map(\.key)))
            do {
                let answers = try await load(keys)
                for waiter in group { waiter.continuation.resume(returning: answers[waiter.key]) }
            } catch is ColumnError where keys.count > 1 {
                // One row that can't be read fails only those who asked for it.
                for waiter in group { await answer(waiter, load) }
            } catch {
                for waiter in group { waiter.continuation.resume(throwing: error) }
            }
        }
    }

    private func answer(_ waiter: Waiter, _ load: Load) async {
        do {
            waiter.continuation.resume(returning: try await load([waiter.key])[waiter.key])
        } catch {
            waiter.continuation.resume(throwing: error)
        }
    }

    /// Removes and returns the next group; `nil` if no caller waits, which ends the lane.
    private func next() -> [Waiter]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            let group = Array(state.waiting.prefix(most))
            state.waiting.removeFirst(group.count)
            return group
        }
    }
}
