internal import Building
internal import Postgres

/// Which numbers of which store are held.
enum Ledger {
    /// Locks the store's row until the transaction ends, so that the same numbers wait for each other, whichever
    /// replica they come to. A store that is new becomes known.
    ///
    /// - Returns: which of `numbers` are held already, ascending.
    static func lock(
        _ store: StoreID, numbers: Range<Int64>, building: BuildingReference, on connection: Connection
    ) throws -> [Range<Int64>] {
        if let held = try find(store, numbers: numbers, building: building, on: connection) { return held }
        try connection.query(
            "INSERT INTO gateway_store (store_id, hotel_id) VALUES ($1, $2) ON CONFLICT (store_id) DO NOTHING",
            [.uuid(store.uuid), .int(building.id)])
        guard let held = try find(store, numbers: numbers, building: building, on: connection) else {
            throw PostgresError(message: "The store \(store) was removed while its readings arrived.")
        }
        return held
    }

    private static func find(
        _ store: StoreID, numbers: Range<Int64>, building: BuildingReference, on connection: Connection
    ) throws -> [Range<Int64>]? {
        let rows = try connection.query(
            """
            SELECT hotel_id, (held * int8multirange(int8range($2, $3)))::text
            FROM gateway_store WHERE store_id = $1 FOR UPDATE
            """,
            [.uuid(store.uuid), .bigint(numbers.lowerBound), .bigint(numbers.upperBound)])
        guard let row = rows.first else { return nil }
        guard try row.value(0, as: Int.self) == building.id else { throw StoreError.foreignStore(store) }
        let text = try row.value(1, as: String.self)
        guard let ranges = NumberRanges.parse(text) else {
            throw PostgresError(message: "“\(text)” is no int8multirange.")
        }
        return ranges
    }

    static func add(_ numbers: Range<Int64>, of store: StoreID, on connection: Connection) throws {
        try connection.query(
            """
            UPDATE gateway_store SET held = held + int8multirange(int8range($2, $3)), last_seen = now()
            WHERE store_id = $1
            """,
            [.uuid(store.uuid), .bigint(numbers.lowerBound), .bigint(numbers.upperBound)])
    }
}
