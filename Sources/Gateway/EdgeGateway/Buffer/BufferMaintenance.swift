package import EdgeConfiguration
import Foundation
package import Logging
package import Outbox
import Uplink

/// A loop that tidies the buffer once a second and keeps it within its limits.
package struct BufferMaintenance: Sendable {
    private let outbox: Outbox
    private let limits: EdgeConfiguration.Buffer
    private let clockWatch: ClockWatch
    private let plausibility: Plausibility
    private let logger: Logger

    /// The interval at which the store's identity is noted. A successor of a damaged store may not know of readings
    /// that were numbered within it.
    private static let identityInterval = Duration.seconds(10)

    /// Creates the maintenance loop of an open store.
    ///
    /// - Parameter plausibility: the limit on the difference between a device's time and the time of receipt.
    package init(
        outbox: Outbox, limits: EdgeConfiguration.Buffer, clockWatch: ClockWatch, plausibility: Plausibility,
        logger: Logger
    ) {
        self.outbox = outbox
        self.limits = limits
        self.clockWatch = clockWatch
        self.plausibility = plausibility
        self.logger = logger
    }

    /// Runs maintenance until `isStopping` returns true. Errors do not end it.
    func run(until isStopping: @Sendable () -> Bool) async {
        var nextIdentity = ContinuousClock.now
        var room = BufferQuota(limits)
        while !isStopping() {
            await attempt { try await settleTimes(until: isStopping) }
            await attempt { try await tidy(within: &room, isStopping) }
            if ContinuousClock.now >= nextIdentity {
                nextIdentity = .now + Self.identityInterval
                await attempt { try await forgetSeries() }
                await attempt { try await noteIdentity() }
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func attempt(_ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            // A full or failing disk; intake meets the same trouble and reports it.
            logger.debug("buffer maintenance failed", metadata: ["error": "\(error)"])
        }
    }

    /// Corrects the times of readings that were taken before the clock was set, or releases them for upload as they
    /// are.
    package func settleTimes(until isStopping: @Sendable () -> Bool = { false }) async throws {
        switch clockWatch.look() {
        case .set(let offset):
            let plausible = plausibility.milliseconds
            var isMore = true
            while isMore, !isStopping() {
                isMore = try await outbox.perform { outbox throws(OutboxError) in
                    try outbox.restamp(by: offset, plausible: plausible) { segment, numbers, shift in
                        UploadBody.shifting(segment, numbers, by: shift, plausible: plausible)
                    }
                }
            }
            try await outbox.perform { outbox throws(OutboxError) in try outbox.releaseBoots(before: offset.boot) }
        case .unset(let hasPatience):
            let boot = clockWatch.boot
            try await outbox.perform { outbox throws(OutboxError) in
                try outbox.releaseBoots(before: boot)
                if !hasPatience { try outbox.releaseHeld() }
            }
        }
    }

    /// Notes the store's identity beside the file, for a successor.
    private func noteIdentity() async throws {
        try await outbox.perform { outbox throws(OutboxError) in try outbox.noteIdentity() }
    }

    /// Forgets the names of series that are no longer stored, once there are many.
    private func forgetSeries() async throws {
        try await outbox.perform { outbox throws(OutboxError) in _ = try outbox.forgetUnusedSeries() }
    }

    /// Packs the oldest readings into segments, enforces the limits and returns free space to the file system.
    private func tidy(within room: inout BufferQuota, _ isStopping: @Sendable () -> Bool) async throws {
        // In turns, so that each gets its share when there is much to do.
        let clock = ContinuousClock()
        for _ in 0..<50 where !isStopping() {
            let start = clock.now
            let isMore = try await outbox.perform { outbox throws(OutboxError) in
                try outbox.packOldest(encode: UploadBody.segment)
            }
            try await enforceBounds(&room)
            if !isMore { break }
            // Intake goes first: packing takes half of one core at most.
            try await Task.sleep(for: clock.now - start)
        }
        try await outbox.perform { outbox throws(OutboxError) in try outbox.giveSpaceBack() }
    }

    /// Drops the oldest readings if the buffer is larger than its limit.
    private func enforceBounds(_ room: inout BufferQuota) async throws {
        let used = try await outbox.perform { outbox throws(OutboxError) in try outbox.usedBytes() }
        let limit = room.limit(usedBytes: used, freeBytes: Self.freeBytes(besides: outbox.path))
        guard used > limit else { return }
        let dropped = try await outbox.perform { outbox throws(OutboxError) in try outbox.enforce(maxBytes: limit) }
        if dropped > 0 {
            logger.warning(
                "the buffer is full: the oldest readings were dropped and declared lost",
                metadata: ["readings": "\(dropped)", "bytes": "\(limit)"])
        }
    }

    /// Returns the number of bytes that are free on the disk; `nil` if the system does not say.
    private static func freeBytes(besides path: String) -> Int64? {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        return (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
    }
}
