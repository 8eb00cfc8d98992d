internal import Building
internal import Foundation
internal import Postgres

/// Which numbers of which store are held.
enum Ledger {
    /// A store's row, locked until the transaction ends, so that the same numbers wait for each other, whichever
    /// replica they come to.
    struct Entry {
        /// The opening that was acknowledged last; `nil` where the store's gateway never said hello.
        var incarnation: UUID?
        /// The highest number that is held, declared lost or was reported; 0 where there is none.
        var highest: Int64

        /// - Throws: `StoreError.forkedStore` where `incarnation` is known not to be the store's present opening.
        func require(_ incarnation: UUID?, of store: StoreID) throws {
            guard let incarnation, let known = self.incarnation else { return }
            guard incarnation == known else { throw StoreError.forkedStore(store) }
        }
    }

    /// Locks a store's row. A store that is new becomes known.
    ///
    /// - Throws: `StoreError.foreignStore` where it is another building's.
    static func lock(_ store: StoreID, building: BuildingReference, on connection: Connection) throws -> Entry {
        if let entry = try find(store, building: building, on: connection) { return entry }
        try connection.query(
            "INSERT INTO gateway_store (store_id, hotel_id) VALUES ($1, $2) ON CONFLICT (store_id) DO NOTHING",
            [.uuid(store.uuid), .int(building.id)])
        guard let entry = try find(store, building: building, on: connection) else {
            throw PostgresError(message: "The store \(store) was removed while its gateway called.")
        }
        return entry
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

    /// Which of `numbers` are held already, ascending. The row must be locked.
    static func held(
        _ numbers: Range<Int64>, of store: StoreID, on connection: Connection
    ) throws -> [Range<Int64>] {
        let rows = try connection.query(
            "SELECT (held * int8multirange(int8range($2, $3)))::text FROM gateway_store WHERE store_id = $1",
            [.uuid(store.uuid), .bigint(numbers.lowerBound), .bigint(numbers.upperBound)])
        let text = try rows[0].value(0, as: String.self)
        guard let ranges = NumberRanges.parse(text) else {
            throw PostgresError(message: "“\(text)” is no int8multirange.")
        }
        return ranges
    }

    /// Holds `numbers`, and counts what became of those that are new.
    static func add(
        _ numbers: Range<Int64>, of store: StoreID, outcome: StoringOutcome, on connection: Connection
    ) throws {
        try connection.query(
            """
            UPDATE gateway_store SET held = held + int8multirange(int8range($2, $3)), stored = stored + $4,
                quarantined = quarantined + $5, last_seen = now()
            WHERE store_id = $1
            """,
            [
                .uuid(store.uuid), .bigint(numbers.lowerBound), .bigint(numbers.upperBound), .int(outcome.stored),
                .int(outcome.quarantined),
            ])
    }
}
