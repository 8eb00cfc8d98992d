import Dispatch

extension Outbox {
    private static let queue = DispatchQueue(label: "hearth.outbox", attributes: .concurrent)

    /// Runs blocking calls on the store outside Swift's cooperative pool.
    public func perform<Result: Sendable>(
        _ work: @escaping @Sendable (Outbox) throws(OutboxError) -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Self.queue.async {
                do {
                    continuation.resume(returning: try work(self))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}
