package import Postgres

/// Newest readings that changed, as the rows of a table elsewhere.
package struct ChangedLatest: Sendable {
    /// When this was. Who has carried out this page and all that follow it has everything up to here.
    package var mark: ChangeMark
    package var rows: [Row]
    /// Where the next page begins; `nil` where this is the last.
    package var next: LatestID?

    package struct Row: Sendable {
        package var id: LatestID
        /// Who wrote it, for `ChangeMark.isBefore`.
        package var writer: UInt32
        /// A JSON object with the columns of `latest_reading`.
        package var json: String
    }
}

/// Reads what changed among the newest readings, for a copy of them elsewhere; on a connection of its own that holds a
/// lock, so that of many replicas one does.
package final class LatestCopyReader: Sendable {
    private let pool: ConnectionPool

    /// Any number will do that nobody else locks: the bytes of “Mirror”.
    private static let lock: Int64 = 85_020_577_001_330

    /// - Parameter settings: of the primary.
    package init(_ settings: ConnectionSettings) {
        pool = ConnectionPool(settings: settings, limits: .init(connections: 1))
    }

    package func close() { pool.close() }

    /// Takes the lock, or keeps it.
    ///
    /// - Returns: whether it is ours.
    /// - Throws: `StoreError.unavailable`.
    package func acquire() async throws -> Bool {
        try await run { connection in
            // Taken once per session: it is counted, and ends with the connection.
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

    /// A page of what changed, by device and datapoint.
    ///
    /// - Parameters:
    ///   - mark: what was seen; `nil` for everything.
    ///   - after: `next` of the page before; `nil` for the first.
    ///   - limit: rows at most.
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
