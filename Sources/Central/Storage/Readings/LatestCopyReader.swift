package import Postgres

/// A page of changed latest readings, as rows for a mirror of the table elsewhere.
package struct ChangedLatest: Sendable {
    /// The moment of the page. A reader that has applied this page and all that follow has everything up to here.
    package var mark: ChangeMark
    /// The changed rows.
    package var rows: [Row]
    /// The key after which the next page begins; `nil` if this is the last.
    package var next: LatestID?

    /// A changed row.
    package struct Row: Sendable {
        /// The key of the row.
        package var id: LatestID
        /// The transaction that wrote it, for `ChangeMark.isBefore`.
        package var writer: UInt32
        /// The columns of `latest_reading` as a JSON object.
        package var json: String
    }
}

/// Reads changed latest readings for a mirror of the table. Its own connection holds an advisory lock, so that only
/// one process does so at a time.
package final class LatestCopyReader: Sendable {
    private let pool: ConnectionPool

    /// The lock's number, the bytes of “Mirror”. Any number works that nothing else locks.
    private static let lock: Int64 = 85_020_577_001_330

    /// Creates a reader.
    ///
    /// - Parameter settings: The connection to the primary.
    package init(_ settings: ConnectionSettings) {
        pool = ConnectionPool(settings: settings, limits: .init(connections: 1))
    }

    /// Closes the connection, which releases the lock.
    package func close() { pool.close() }

    /// Takes or keeps the lock.
    ///
    /// - Returns: Whether this reader holds the lock.
    /// - Throws: `StoreError.unavailable`.
    package func acquire() async throws -> Bool {
        try await run { connection in
            // The lock is taken once per session: it is counted, and ends with the connection.
            try connection.query(
                """
                SELECT EXISTS (
                    SELECT FROM pg_locks
                    WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
                        AND (classid::bigint << 32 | objid::bigint) = $1 AND objsubid = 1
                ) OR pg_try_advisory_lock($1)
                """, [.bigint(Self.lock)])[0].value(0)
        }
    }

    /// Returns a page of changes, ordered by device and datapoint.
    ///
    /// - Parameters:
    ///   - mark: The changes seen so far; `nil` for none.
    ///   - after: The `next` of the previous page; `nil` for the first.
    ///   - limit: The largest number of rows.
    package func page(since mark: ChangeMark?, after: LatestID?, limit: Int) async throws -> ChangedLatest {
        try await run { connection in
            let rows = try connection.query(
                """
                SELECT pg_snapshot_xmin(pg_current_snapshot())::text, changed.device_id, changed.datapoint,
                    changed.row, changed.writer
                FROM (SELECT) AS present LEFT JOIN (
                    SELECT device_id, datapoint, latest_reading.xmin::text AS writer, json_build_object(
                        'device_id', device_id, 'datapoint', datapoint, 'timestamp', "timestamp",
                        'datetime', datetime, 'value', value, 'number', number, 'quality', quality,
                        'ordered_by', ordered_by)::text AS row
                    FROM latest_reading
                    WHERE (device_id, datapoint) > ($1, $2)
                        AND ($3::text IS NULL OR age(latest_reading.xmin) <= age($3::xid))
                    ORDER BY device_id, datapoint LIMIT $4
                ) AS changed ON true
                ORDER BY changed.device_id, changed.datapoint
                """,
                [
                    .text(after?.deviceID ?? ""), .text(after?.datapoint ?? ""),
                    .text(mark.map { String(UInt32(truncatingIfNeeded: $0.transaction)) }), .int(limit),
                ])
            var page = ChangedLatest(
                mark: ChangeMark(cluster: "", transaction: try rows[0].transaction(0)), rows: [], next: nil)
            var last: LatestID?
            for index in 0..<rows.count {
                guard let device: String = try rows[index].optional(1) else { continue }
                let id = LatestID(deviceID: device, datapoint: try rows[index].value(2))
                last = id
                page.rows.append(
                    ChangedLatest.Row(
                        id: id, writer: UInt32(truncatingIfNeeded: try rows[index].transaction(4)),
                        json: try rows[index].value(3)))
            }
            if page.rows.count == limit { page.next = last }
            return page
        }
    }

    private func run<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.withConnection(body)
        } catch {
            throw StoreError.translated(error)
        }
    }
}
