/// The operation did not end in time.
struct DeadlineExceeded: Error {}

/// Runs `operation`, and abandons it after `limit` or when the caller's task is cancelled. An abandoned operation is
/// cancelled but not awaited, so that one that ignores cancellation holds nothing up.
func withDeadline<Value: Sendable>(
    _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let (stream, continuation) = AsyncThrowingStream<Value, any Error>.makeStream()
    let work = Task {
        do {
            continuation.yield(try await operation())
            continuation.finish()
        } catch {
            continuation.finish(throwing: error)
        }
    }
    let alarm = Task {
        try await Task.sleep(for: limit)
        continuation.finish(throwing: DeadlineExceeded())
    }
    defer {
        work.cancel()
        alarm.cancel()
    }
    for try await value in stream { return value }
    // The stream ends without a value only if the reader was cancelled.
    throw CancellationError()
}
