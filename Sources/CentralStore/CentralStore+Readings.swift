public import Building
public import Foundation
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
    public func store(
        _ readings: IncomingReadings, building: BuildingReference, incarnation: UUID? = nil
    ) async throws -> StoringOutcome {
        do {
            return try await storeAtOnce(readings, building: building, incarnation: incarnation)
        } catch let error as PostgresError where error.isRefusalOfData {
            logger.warning(
                "Database refuses readings: searching for them",
                metadata: ["store": "\(readings.store)", "error": "\(error)"])
            return try await storeInParts(readings, building: building, incarnation: incarnation)
        }
    }

    /// The fast way, which knows no bad readings.
    private func storeAtOnce(
        _ readings: IncomingReadings, building: BuildingReference, incarnation: UUID?
    ) async throws -> StoringOutcome {
        let now = now()
        let cache = seriesCache
        let (outcome, learnt) = try await transaction { connection in
            let store = readings.store
            try Ledger.lock(store, building: building, on: connection).require(incarnation, of: store)
            let held = try Ledger.held(readings.numbers, of: store, on: connection)
            let repeated = held.reduce(0) { $0 + $1.count }
            guard repeated < readings.rows.count else {
                return (StoringOutcome(stored: 0, repeated: repeated), [SeriesName: Int32]())
            }
            let resolution = try SeriesResolution(of: readings.series, building: building, cache: cache, on: connection)
            let rows = NewRows(readings, leavingOut: held)
            try rows.copy(series: resolution.numbers, on: connection)
            try LatestReadings(rows, names: resolution.names, now: now).store(on: connection)
            let outcome = StoringOutcome(stored: readings.rows.count - repeated, repeated: repeated)
            try Ledger.add(readings.numbers, of: store, outcome: outcome, on: connection)
            return (outcome, resolution.learnt)
        }
        cache.remember(learnt, inBuilding: building.id)
        return outcome
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
            let now = now()
            let outcome = try await transaction { connection in
                let store = part.store
                try Ledger.lock(store, building: building, on: connection).require(incarnation, of: store)
                let held = try Ledger.held(part.numbers, of: store, on: connection)
                let repeated = held.reduce(0) { $0 + $1.count }
                guard repeated < part.rows.count else { return StoringOutcome(stored: 0, repeated: repeated) }
                var sieve = RefusalSieve(part, building: building, now: now)
                try sieve.store(NewRows(part, leavingOut: held), on: connection)
                try Quarantine.add(sieve.refused, of: part, building: building, on: connection)
                let outcome = StoringOutcome(
                    stored: part.rows.count - repeated - sieve.refused.count, repeated: repeated,
                    quarantined: sieve.refused.count)
                try Ledger.add(part.numbers, of: store, outcome: outcome, on: connection)
                return outcome
            }
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
public struct BuildingReference: Hashable, Sendable {
    public var id: Int
    public var slug: Slug

    public init(id: Int, slug: Slug) {
        self.id = id
        self.slug = slug
    }
}
