internal import Building
internal import Foundation
internal import Synchronization

/// Combines the batches that arrive during a commit into the next one, so that they share its cost: the more arrive,
/// the more share it.
final class GroupCommit: Sendable {
    /// A batch that waits to be stored.
    struct Job: Sendable {
        let readings: IncomingReadings
        let building: BuildingReference
        let incarnation: UUID?

        /// Returns whether the batch can be stored in one transaction with another batch of the same store.
        fileprivate func goesWith(_ other: Job) -> Bool {
            building == other.building && incarnation == other.incarnation
                && !readings.numbers.overlaps(other.readings.numbers)
        }
    }

    /// Stores a group, and returns one result per batch in the same order.
    typealias Commit = @Sendable ([Job]) async -> [Result<StoringOutcome, any Error>]

    /// The number of simultaneous commits: one is prepared and sent while the server works on the other.
    private static let lanes = 2
    /// The number of rows at which a group takes no further batch, so that no caller waits long for others' rows.
    private static let rowsPerGroup = 65_536
    private static let batchesPerGroup = 256

    private struct Waiter {
        let job: Job
        let continuation: CheckedContinuation<StoringOutcome, any Error>
    }

    private struct State {
        /// The waiting batches, oldest first.
        var waiting: [Waiter] = []
        var running = 0
        /// The stores whose rows a running commit has locked: another of their batches would only wait in the database.
        var stores: Set<StoreID> = []
    }

    private let state = Mutex(State())

    /// Stores a batch together with those of other callers.
    ///
    /// - Parameter commit: The commit, of which one waiting caller's runs for all of them. It is not cancelled with its
    ///   caller.
    func submit(_ job: Job, commit: @escaping Commit) async throws -> StoringOutcome {
        try await withCheckedThrowingContinuation { continuation in
            let begins = state.withLock { state in
                state.waiting.append(Waiter(job: job, continuation: continuation))
                guard state.running < Self.lanes else { return false }
                state.running += 1
                return true
            }
            if begins { Task { await run(commit) } }
        }
    }

    private func run(_ commit: Commit) async {
        while let group = state.withLock({ Self.nextGroup(&$0) }) {
            let results = await commit(group.map(\.job))
            precondition(results.count == group.count, "a commit must have a result for each of its batches")
            state.withLock { state in
                for waiter in group { state.stores.remove(waiter.job.readings.store) }
            }
            for (waiter, result) in zip(group, results) { waiter.continuation.resume(with: result) }
        }
    }

    /// Removes and returns the oldest batches that can be stored now; `nil` if there are none, which ends the lane.
    /// Several batches of one store go together if they differ only in their numbers, as those of a gateway with a
    /// backlog do.
    private static func nextGroup(_ state: inout State) -> [Waiter]? {
        var group: [Waiter] = []
        var rows = 0
        var left: [Waiter] = []
        var own: [StoreID: [Job]] = [:]
        for waiter in state.waiting {
            let job = waiter.job
            let isFull = rows >= rowsPerGroup || group.count >= batchesPerGroup
            let store = job.readings.store
            if !isFull, own[store]?.allSatisfy(job.goesWith) ?? !state.stores.contains(store) {
                own[store, default: []].append(job)
                group.append(waiter)
                rows += job.readings.rows.count
            } else {
                left.append(waiter)
            }
        }
        state.stores.formUnion(own.keys)
        state.waiting = left
        guard group.isEmpty else { return group }
        state.running -= 1
        return nil
    }
}
