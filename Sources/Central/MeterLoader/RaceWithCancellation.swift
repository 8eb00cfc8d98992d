internal import Synchronization

/// Waits for work that cannot be cancelled, but no longer than the one who waits is wanted.
///
/// - Throws: what `work` throws; `CancellationError` as soon as the task is cancelled, while `work` goes on alone.
func raceWithCancellation<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let answer = Answer<Value>()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            guard answer.wait(continuation) else { return continuation.resume(throwing: CancellationError()) }
            Task {
                do { answer.give(.success(try await work())) } catch { answer.give(.failure(error)) }
            }
        }
    } onCancel: {
        answer.give(.failure(CancellationError()))
    }
}

/// Passes on the first answer only.
private final class Answer<Value: Sendable>: Sendable {
    private enum State {
        case early
        case waiting(CheckedContinuation<Value, any Error>)
        case answered
    }

    private let state = Mutex(State.early)

    /// - Returns: `false` where it is over already.
    func wait(_ continuation: CheckedContinuation<Value, any Error>) -> Bool {
        state.withLock { state in
            guard case .early = state else { return false }
            state = .waiting(continuation)
            return true
        }
    }

    func give(_ result: Result<Value, any Error>) {
        let continuation: CheckedContinuation<Value, any Error>? = state.withLock { state in
            defer { state = .answered }
            guard case .waiting(let continuation) = state else { return nil }
            return continuation
        }
        continuation?.resume(with: result)
    }
}
