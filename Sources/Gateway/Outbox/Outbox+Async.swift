import Dispatch

extension Outbox {
    private static let queue = DispatchQueue(label: "hearth.outbox", attributes: .concurrent)

    /// Opens the store outside Swift's cooperative pool: checking a large file takes long.
    ///
    /// - Throws: `OutboxError`, as `init(path:isKnownDamaged:)`.
    package static func open(path: String, isKnownDamaged: Bool = false) async throws -> Outbox {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(with: Result { try Outbox(path: path, isKnownDamaged: isKnownDamaged) })
            }
        }
    }

    /// Runs blocking calls on the store outside Swift's cooperative pool.
    package func perform<Result: Sendable>(
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
