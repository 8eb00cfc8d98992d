internal import Building
internal import Foundation
internal import Synchronization

/// Lets the batches that arrive while a commit is under way share the next one: what a commit costs is then paid once
/// for all of them, and the more arrive, the more share it.
final class GroupCommit: Sendable {
    /// A batch that waits to be stored.
    struct Job: Sendable {
        let readings: IncomingReadings
        let building: BuildingReference
        let incarnation: UUID?

        /// Whether it can be stored in one transaction with another of the same store.
        fileprivate func goesWith(_ other: Job) -> Bool {
            building == other.building && incarnation == other.incarnation
                && !readings.numbers.overlaps(other.readings.numbers)
        }
    }

    /// Stores a group; one result for each, in their order.
    typealias Commit = @Sendable ([Job]) async -> [Result<StoringOutcome, any Error>]

    /// Commits that run at the same time: one is prepared and sent while the server works on the other.
    private static let lanes = 2
    /// A group that has so many rows takes no further batch, so that nobody waits long for others' rows.
    private static let rowsPerGroup = 65_536
    private static let batchesPerGroup = 256

    private struct Waiter {
        let job: Job
        let continuation: CheckedContinuation<StoringOutcome, any Error>
    }

    private struct State {
        /// Oldest first.
        var waiting: [Waiter] = []
        var running = 0
        /// Those that a commit under way holds the rows of: another of theirs would only wait for it in the database.
        var stores: Set<StoreID> = []
    }

    private let state = Mutex(State())

    /// Stores a batch along with those of others.
    ///
    /// - Parameter commit: what one of those who wait lends for all of them. It is not cancelled when its lender is.
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
            precondition(results.count == group.count, "a commit has a result for each of its batches")
            state.withLock { state in
                for waiter in group { state.stores.remove(waiter.job.readings.store) }
            }
            for (waiter, result) in zip(group, results) { waiter.continuation.resume(with: result) }
        }
    }

    /// The oldest that can be stored now; `nil` where there is none, and the lane ends. Several of one store
    /// go together where they are alike in all but their numbers: a gateway with a backlog sends some at once.
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
