internal import Synchronization

/// Waits for work that can't be cancelled, until it ends or the current task is cancelled.
///
/// - Throws: The error of `work`; `CancellationError` as soon as the task is cancelled, while `work` continues
///   unattended.
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

/// Passes on only the first result.
private final class Answer<Value: Sendable>: Sendable {
    private enum State {
        case early
        case waiting(CheckedContinuation<Value, any Error>)
        case answered
    }

    private let state = Mutex(State.early)

    /// Registers the caller.
    ///
    /// - Returns: `false` if there is a result already.
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
