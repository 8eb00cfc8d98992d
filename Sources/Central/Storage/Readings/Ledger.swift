internal import Building
internal import Foundation
internal import Postgres

/// The ledger: the numbers of each store that are accounted for as stored or quarantined.
enum Ledger {
    /// A store's row, locked until the transaction ends, so that batches with the same numbers are serialized across
    /// all replicas.
    struct Entry {
        /// The opening acknowledged last; `nil` if the store's gateway never sent its opening history.
        var incarnation: UUID?
        /// The highest number that is in the ledger, declared lost or reported; 0 if there is none.
        var highest: Int64

        /// Checks that a batch comes from the current opening of the store.
        ///
        /// - Throws: `StoreError.forkedStore` if `incarnation` is known not to be the current opening.
        func require(_ incarnation: UUID?, of store: StoreID) throws {
            guard let incarnation, let known = self.incarnation else { return }
            guard incarnation == known else { throw StoreError.forkedStore(store) }
        }
    }

    /// Locks a store's row. A new store is registered.
    ///
    /// - Throws: `StoreError.foreignStore` if it belongs to another building; `tooManyStores` if it is new and the
    ///   building has its full number of stores.
    static func lock(
        _ store: StoreID, building: BuildingReference, shares: BuildingShares, on connection: Connection
    ) throws -> Entry {
        if let entry = try find(store, building: building, on: connection) { return entry }
        guard try room(for: building, shares, on: connection) > 0 else {
            throw StoreError.tooManyStores(building: building.slug.text, limit: shares.stores)
        }
        try connection.query(
            "INSERT INTO gateway_store (store_id, hotel_id) VALUES ($1, $2) ON CONFLICT (store_id) DO NOTHING",
            [.uuid(store.uuid), .int(building.id)])
        guard let entry = try find(store, building: building, on: connection) else {
            throw PostgresError(message: "The store \(store) was removed during its gateway's request.")
        }
        return entry
    }

    /// Returns the number of new stores the building may have.
    private static func room(
        for building: BuildingReference, _ shares: BuildingShares, on connection: Connection
    ) throws -> Int {
        let rows = try connection.query(
            "SELECT count(*) FROM gateway_store WHERE hotel_id = $1", [.int(building.id)])
        return max(0, shares.stores - (try rows[0].value(0, as: Int.self)))
    }

    private static func find(
        _ store: StoreID, building: BuildingReference, on connection: Connection
    ) throws -> Entry? {
        let rows = try connection.query(
            """
            SELECT hotel_id, incarnation, greatest(upper(held) - 1, numbered, (
                SELECT max(upper(numbers)) - 1 FROM declared_loss WHERE declared_loss.store_id = gateway_store.store_id
            ), 0)
            FROM gateway_store WHERE store_id = $1 FOR UPDATE
            """, [.uuid(store.uuid)])
        guard let row = rows.first else { return nil }
        guard try row.value(0, as: Int.self) == building.id else { throw StoreError.foreignStore(store) }
        return Entry(incarnation: try row.optional(1), highest: try row.value(2))
    }

    /// Returns those of `numbers` that are in the ledger, ascending. The row must be locked.
    static func held(
        _ numbers: Range<Int64>, of store: StoreID, on connection: Connection
    ) throws -> [Range<Int64>] {
        let rows = try connection.query(
            "SELECT (held * int8multirange(int8range($2, $3)))::text FROM gateway_store WHERE store_id = $1",
            [.uuid(store.uuid), .bigint(numbers.lowerBound), .bigint(numbers.upperBound)])
        let text = try rows[0].value(0, as: String.self)
        guard let ranges = NumberRanges.parse(text) else {
            throw PostgresError(message: "“\(text)” is not a valid int8multirange.")
        }
        return ranges
    }

    /// Locks the rows of several stores in the same order everywhere. New stores are registered.
    ///
    /// - Parameter jobs: The batches; those of one store must have no number in common.
    /// - Returns: For each batch, those of its numbers that are in the ledger, ascending; or `StoreError.foreignStore`,
    ///   `forkedStore`, `tooManyStores`.
    static func lock(
        _ jobs: [GroupCommit.Job], shares: BuildingShares, on connection: Connection
    ) throws -> [Result<[Range<Int64>], any Error>] {
        var found = try find(jobs, on: connection)
        var missing = jobs.indices.filter { found[$0] == nil }.map { jobs[$0] }
        let refused = try tooMany(missing, shares, on: connection)
        missing.removeAll { refused.contains($0.readings.store) }
        if !missing.isEmpty {
            try connection.query(
                """
                INSERT INTO gateway_store (store_id, hotel_id)
                SELECT store_id, hotel_id FROM unnest($1::text[]::uuid[], $2::bigint[]) AS fresh (store_id, hotel_id)
                ORDER BY store_id
                ON CONFLICT (store_id) DO NOTHING
                """,
                [
                    .texts(missing.map(\.readings.store.description)), .integers(missing.map(\.building.id)),
                ])
            found = try find(jobs, on: connection)
        }
        return try zip(jobs, found).map { job, found in
            guard let found else {
                if refused.contains(job.readings.store) {
                    return .failure(
                        StoreError.tooManyStores(building: job.building.slug.text, limit: shares.stores))
                }
                throw PostgresError(
                    message: "The store \(job.readings.store) was removed during its gateway's request.")
            }
            return Result {
                guard found.hotel == job.building.id else { throw StoreError.foreignStore(job.readings.store) }
                try Entry(incarnation: found.incarnation, highest: 0).require(job.incarnation, of: job.readings.store)
                return found.held
            }
        }
    }

    /// Returns the new stores that exceed their buildings' limit.
    private static func tooMany(
        _ jobs: [GroupCommit.Job], _ shares: BuildingShares, on connection: Connection
    ) throws -> Set<StoreID> {
        var refused: Set<StoreID> = []
        for (building, jobs) in Dictionary(grouping: jobs, by: \.building) {
            var fresh: Set<StoreID> = []
            let room = try room(for: building, shares, on: connection)
            for job in jobs where !fresh.contains(job.readings.store) {
                if fresh.count < room { fresh.insert(job.readings.store) } else { refused.insert(job.readings.store) }
            }
        }
        return refused
    }

    private static func find(
        _ jobs: [GroupCommit.Job], on connection: Connection
    ) throws -> [(hotel: Int, incarnation: UUID?, held: [Range<Int64>])?] {
        let rows = try connection.query(
            """
            SELECT asked.place, hotel_id, incarnation, (held * int8multirange(int8range(asked.first, asked.past)))::text
            FROM unnest($1::text[]::uuid[], $2::bigint[], $3::bigint[])
                WITH ORDINALITY AS asked (store_id, first, past, place)
            JOIN gateway_store USING (store_id)
            ORDER BY store_id FOR NO KEY UPDATE OF gateway_store
            """,
            [
                .texts(jobs.map(\.readings.store.description)), .bigints(jobs.map(\.readings.numbers.lowerBound)),
                .bigints(jobs.map(\.readings.numbers.upperBound)),
            ])
        var found = [(hotel: Int, incarnation: UUID?, held: [Range<Int64>])?](repeating: nil, count: jobs.count)
        for index in 0..<rows.count {
            let text = try rows[index].value(3, as: String.self)
            guard let held = NumberRanges.parse(text) else {
                throw PostgresError(message: "“\(text)” is not a valid int8multirange.")
            }
            let place = try rows[index].value(0, as: Int.self) - 1
            found[place] = (try rows[index].value(1), try rows[index].optional(2), held)
        }
        return found
    }

    /// Numbers to add to the ledger, with the outcome of the new ones.
    struct Addition {
        let store: StoreID
        let numbers: Range<Int64>
        let outcome: StoringOutcome
    }

    /// Adds numbers to the ledger. The rows must be locked.
    static func add(_ additions: [Addition], on connection: Connection) throws {
        guard !additions.isEmpty else { return }
        try connection.query(
            """
            UPDATE gateway_store
            SET held = held + added.numbers,
                stored = gateway_store.stored + added.stored,
                quarantined = gateway_store.quarantined + added.quarantined, last_seen = now()
            FROM (
                SELECT store_id, range_agg(int8range(first, past)) AS numbers, sum(stored)::bigint AS stored,
                    sum(quarantined)::bigint AS quarantined
                FROM unnest($1::text[]::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
                    AS each (store_id, first, past, stored, quarantined)
                GROUP BY store_id
            ) AS added
            WHERE gateway_store.store_id = added.store_id
            """,
            [
                .texts(additions.map(\.store.description)), .bigints(additions.map(\.numbers.lowerBound)),
                .bigints(additions.map(\.numbers.upperBound)), .integers(additions.map(\.outcome.stored)),
                .integers(additions.map(\.outcome.quarantined)),
            ])
    }
}
