struct DeadlineExceeded: Error {}

/// Does `operation`, and gives it up after `limit` or when the caller's task is cancelled: it is cancelled then, and not
/// waited for, so that one that does not listen holds nobody up.
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
    // Without a value the stream ends only because the reader was cancelled.
    throw CancellationError()
}
