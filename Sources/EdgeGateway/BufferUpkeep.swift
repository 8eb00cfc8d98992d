import EdgeConfiguration
import Foundation
import Logging
import Outbox
import Uplink

/// Keeps the buffer small and within its bounds, once a second.
struct BufferUpkeep: Sendable {
    let outbox: Outbox
    let limits: EdgeConfiguration.Buffer
    let logger: Logger

    func run(until isStopping: @Sendable () -> Bool) async {
        while !isStopping() {
            do {
                try await tidy(isStopping)
            } catch {
                // A full or failing disk; intake meets the same trouble and tells of it.
                logger.debug("the buffer's upkeep failed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func tidy(_ isStopping: @Sendable () -> Bool) async throws {
        // In turns, so that each gets its share when there is much to do.
        let clock = ContinuousClock()
        for _ in 0..<50 where !isStopping() {
            let start = clock.now
            let isMore = try await outbox.perform { outbox throws(OutboxError) in
                try outbox.packOldest(encode: ParcelBody.segment)
            }
            try await enforceBounds()
            if !isMore { break }
            // Intake goes first: packing takes half of one core at most.
            try await Task.sleep(for: clock.now - start)
        }
        try await outbox.perform { outbox throws(OutboxError) in try outbox.giveSpaceBack() }
    }

    private func enforceBounds() async throws {
        let free = Self.freeBytes(besides: outbox.path)
        let limits = limits
        let dropped = try await outbox.perform { outbox throws(OutboxError) in
            var limit = limits.maxBytes
            // Below the reserve the buffer does not grow: the oldest makes room for the newest.
            if let free, free < limits.reserveBytes { limit = min(limit, try outbox.usedBytes()) }
            return try outbox.enforce(maxBytes: limit)
        }
        if dropped > 0 {
            logger.warning(
                "the buffer is full: the oldest readings were dropped and are declared lost",
                metadata: ["readings": "\(dropped)", "maxBytes": "\(limits.maxBytes)"])
        }
    }

    /// Bytes that the disk has left; `nil` where the system does not say.
    private static func freeBytes(besides path: String) -> Int64? {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        return (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
    }
}
