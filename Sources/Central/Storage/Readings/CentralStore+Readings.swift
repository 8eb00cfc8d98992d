package import Building
package import Foundation
internal import Logging
internal import Postgres

extension CentralStore {
    /// Stores the readings whose numbers are not in the ledger yet, in one transaction with the ledger. When it
    /// returns, they are on disk. If the database refuses some of them, those go to quarantine and the others are
    /// stored.
    ///
    /// - Parameters:
    ///   - building: The building of the gateway that sent them.
    ///   - incarnation: The opening of the store they come from; `nil` if the gateway did not send one.
    /// - Throws: `StoreError.foreignStore` if the store belongs to another building; `forkedStore` if the opening is
    ///   not the one acknowledged last; `tooManyStores`, `tooManySeries`; `unavailable`, `outcomeUnknown`. In all cases
    ///   the same readings may be sent again.
    package func store(
        _ readings: IncomingReadings, building: BuildingReference, incarnation: UUID? = nil
    ) async throws -> StoringOutcome {
        let job = GroupCommit.Job(readings: readings, building: building, incarnation: incarnation)
        return try await groupCommit.submit(job) { [self] jobs in await store(jobs) }
    }

    /// Stores batches that arrived together in one transaction. An error of one batch does not affect the others.
    private func store(_ jobs: [GroupCommit.Job]) async -> [Result<StoringOutcome, any Error>] {
        if jobs.count > 1 {
            do {
                return try await storeTogether(jobs)
            } catch let error as StoreError where !error.isOfOneBuilding {
                // The database is down, which concerns all of them.
                return jobs.map { _ in .failure(error) }
            } catch {
                logger.debug("Batches cannot be stored together: trying one by one", metadata: ["error": "\(error)"])
            }
        }
        var results: [Result<StoringOutcome, any Error>] = []
        for job in jobs {
            do {
                results.append(.success(try await storeAlone(job)))
            } catch {
                results.append(.failure(error))
            }
        }
        return results
    }

    private func storeAlone(_ job: GroupCommit.Job) async throws -> StoringOutcome {
        do {
            return try await storeTogether([job])[0].get()
        } catch let error as PostgresError where error.isRefusalOfData {
            logger.warning(
                "Database rejects readings: isolating them",
                metadata: ["store": "\(job.readings.store)", "error": "\(error)"])
            return try await storeInParts(job.readings, building: job.building, incarnation: job.incarnation)
        }
    }

    /// Stores batches on the fast path, which does not expect poison rows.
    ///
    /// - Parameter jobs: The batches; those of one store must have no number in common.
    /// - Throws: The database's error; nothing is stored then.
    private func storeTogether(_ jobs: [GroupCommit.Job]) async throws -> [Result<StoringOutcome, any Error>] {
        let now = now()
        let (cache, share, shares) = (seriesCache, seriesShare, shares)
        let (results, learnt) = try await transaction { connection in
            let entries = try Ledger.lock(jobs, shares: shares, on: connection)
            var results: [Result<StoringOutcome, any Error>] = []
            var parts: [(building: Int, rows: NewRows, readings: IncomingReadings, reference: BuildingReference)] = []
            var additions: [Ledger.Addition] = []
            for (job, entry) in zip(jobs, entries) {
                results.append(
                    entry.map { held in
                        let repeated = held.reduce(0) { $0 + $1.count }
                        let outcome = StoringOutcome(stored: job.readings.rows.count - repeated, repeated: repeated)
                        guard outcome.stored > 0 else { return outcome }
                        let rows = NewRows(job.readings, leavingOut: held)
                        parts.append((job.building.id, rows, job.readings, job.building))
                        additions.append(
                            Ledger.Addition(
                                store: job.readings.store, numbers: job.readings.numbers, outcome: outcome))
                        return outcome
                    })
            }
            // Buildings with new devices are locked in the same order everywhere. Of equal times the later number wins.
            var learnt: [(building: Int, series: [SeriesName: Int32])] = []
            let resolved = try parts.sorted {
                ($0.building, $0.readings.numbers.lowerBound) < ($1.building, $1.readings.numbers.lowerBound)
            }.map { part in
                let resolution = try SeriesResolution(
                    of: part.readings.series, building: part.reference, cache: cache, share: share, on: connection)
                learnt.append((part.building, resolution.learnt))
                return ResolvedRows(rows: part.rows, numbers: resolution.numbers, names: resolution.names)
            }
            try ResolvedRows.store(resolved, now: now, on: connection)
            try Ledger.add(additions, on: connection)
            return (results, learnt)
        }
        for (building, series) in learnt {
            cache.remember(series, inBuilding: building)
            announcer.announce(building: building)
        }
        return results
    }

    /// Stores a batch on the slow path, which finds the poison rows. Each part is a transaction of its own, so that
    /// even a batch of nothing but poison rows makes progress if its sender times out: finished parts are in the
    /// ledger.
    private func storeInParts(
        _ readings: IncomingReadings, building: BuildingReference, incarnation: UUID?
    ) async throws -> StoringOutcome {
        var sum = StoringOutcome(stored: 0, repeated: 0)
        for start in stride(from: 0, to: readings.rows.count, by: Self.partSize) {
            let end = min(start + Self.partSize, readings.rows.count)
            let part = readings.part(start..<end)
            let (now, share, shares) = (now(), seriesShare, shares)
            let outcome = try await transaction { connection in
                let store = part.store
                try Ledger.lock(store, building: building, shares: shares, on: connection)
                    .require(incarnation, of: store)
                let held = try Ledger.held(part.numbers, of: store, on: connection)
                let repeated = held.reduce(0) { $0 + $1.count }
                guard repeated < part.rows.count else { return StoringOutcome(stored: 0, repeated: repeated) }
                var sieve = PoisonRowIsolation(part, building: building, share: share, now: now)
                try sieve.store(NewRows(part, leavingOut: held), on: connection)
                try Quarantine.add(sieve.refused, of: part, building: building, on: connection)
                let outcome = StoringOutcome(
                    stored: part.rows.count - repeated - sieve.refused.count, repeated: repeated,
                    quarantined: sieve.refused.count)
                try Ledger.add(
                    [Ledger.Addition(store: store, numbers: part.numbers, outcome: outcome)], on: connection)
                return outcome
            }
            if outcome.stored > 0 { announcer.announce(building: building.id) }
            sum.stored += outcome.stored
            sum.repeated += outcome.repeated
            sum.quarantined += outcome.quarantined
        }
        return sum
    }

    /// The number of rows in a part, small enough that one transaction ends within seconds if every row is refused.
    private static let partSize = 1000
}

/// A building as its gateway's token identifies it.
package struct BuildingReference: Hashable, Sendable {
    /// The building's id in the database.
    package var id: Int
    /// The building's name in topics and device ids.
    package var slug: Slug

    /// Creates a reference.
    package init(id: Int, slug: Slug) {
        self.id = id
        self.slug = slug
    }
}
