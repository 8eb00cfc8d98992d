internal import Synchronization

/// Lets those who ask while the database answers others be asked for together: under load one statement serves many, and
/// nobody gets what was read before he asked.
final class DataLoader<Key: Hashable & Sendable, Answer: Sendable>: Sendable {
    /// Answers for all keys at once; a key without an answer is left out.
    typealias Load = @Sendable ([Key]) async throws -> [Key: Answer]

    private let lanes: Int
    private let most: Int

    private struct Waiter {
        let key: Key
        let continuation: CheckedContinuation<Answer?, any Error>
    }

    private struct State {
        /// Oldest first.
        var waiting: [Waiter] = []
        var running = 0
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - lanes: statements that run at the same time.
    ///   - most: keys of one statement.
    init(lanes: Int, most: Int) {
        self.lanes = lanes
        self.most = most
    }

    /// - Parameter load: what one of those who wait lends for all of them. It is not cancelled when its lender is.
    /// - Returns: `nil` where there is no answer.
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
            } catch {
                for waiter in group { waiter.continuation.resume(throwing: error) }
            }
        }
    }

    /// `nil` where nobody waits, and the lane ends.
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
