package import Building
package import Foundation
internal import Logging
internal import Postgres

extension CentralStore {
    /// Stores the readings whose numbers are not held yet, in one transaction with the ledger that holds the numbers.
    /// When this returns, they are on disk. Where the database refuses some of them, those stand in quarantine, and
    /// the others are stored.
    ///
    /// - Parameters:
    ///   - building: whose gateway sent them.
    ///   - incarnation: the opening of the store that they come from; `nil` where the gateway does not say.
    /// - Throws: `StoreError.foreignStore` where the store sent from another building before; `forkedStore` where it
    ///   is not the opening that was acknowledged last; `unavailable`, `outcomeUnknown`. In every case the same
    ///   readings may be given again.
    package func store(
        _ readings: IncomingReadings, building: BuildingReference, incarnation: UUID? = nil
    ) async throws -> StoringOutcome {
        let job = GroupCommit.Job(readings: readings, building: building, incarnation: incarnation)
        return try await groupCommit.submit(job) { [self] jobs in await store(jobs) }
    }

    /// Stores what arrived together in one transaction. What is wrong with one of them does not touch the others.
    private func store(_ jobs: [GroupCommit.Job]) async -> [Result<StoringOutcome, any Error>] {
        if jobs.count > 1 {
            do {
                return try await storeTogether(jobs)
            } catch let error as StoreError where !error.isOfOneBuilding {
                // The database is away, for each of them.
                return jobs.map { _ in .failure(error) }
            } catch {
                logger.debug("Batches cannot be stored together: one by one", metadata: ["error": "\(error)"])
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
                "Database refuses readings: searching for them",
                metadata: ["store": "\(job.readings.store)", "error": "\(error)"])
            return try await storeInParts(job.readings, building: job.building, incarnation: job.incarnation)
        }
    }

    /// The fast way, which knows no bad readings.
    ///
    /// - Parameter jobs: those of one store have no number in common.
    /// - Throws: what the database says; then nothing of all of them is stored.
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
            // Buildings are locked where they get new devices: in one order everywhere. Of equal times the later number wins.
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

    /// The slow way, which finds the bad readings. Each part is a transaction of its own, so that a batch of nothing
    /// but bad ones gets on even where its sender loses patience: what is done is held.
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

    /// Few enough that one transaction ends within seconds where every reading is refused.
    private static let partSize = 1000
}

/// A building as the token of its gateway names it.
package struct BuildingReference: Hashable, Sendable {
    package var id: Int
    package var slug: Slug

    package init(id: Int, slug: Slug) {
        self.id = id
        self.slug = slug
    }
}
