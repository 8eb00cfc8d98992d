package import Building
internal import Postgres

/// A load that this replica has claimed until the lease ends.
package struct ClaimedMeterLoad: Hashable, Sendable {
    /// The meter's name at its source.
    package var muid: String
    /// The newest reading of the last complete load: everything up to it was loaded. `nil` before the first load.
    package var completeUntil: Timestamp?
}

extension CentralStore {
    /// Claims one of the loads that are due, the most overdue first. No other replica gets it until it is finished or
    /// the lease ends.
    ///
    /// - Parameter muids: The meters that the caller can load.
    /// - Returns: `nil` if no load is due.
    package func claimMeterLoad(of muids: [String], lease: Duration) async throws -> ClaimedMeterLoad? {
        try await run { connection in
            try connection.query(
                "INSERT INTO meter_load (muid) SELECT muid FROM unnest($1::text[]) AS muid ON CONFLICT DO NOTHING",
                [.texts(muids)])
            let rows = try connection.query(
                """
                UPDATE meter_load SET leased_until = now() + make_interval(secs => $2)
                WHERE muid = (
                    SELECT muid FROM meter_load
                    WHERE muid = ANY($1::text[]) AND due_at <= now() AND leased_until <= now()
                    ORDER BY due_at, muid LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING muid, milliseconds(complete_until)
                """, [.texts(muids), .double(lease / .seconds(1))])
            return try rows.first.map { row in
                ClaimedMeterLoad(
                    muid: try row.value(0),
                    completeUntil: try row.optional(1, as: Int64.self).map(Timestamp.init(millisecondsSince1970:)))
            }
        }
    }

    /// Records a successful load. The next one is due a period after this one was due, so that delays do not
    /// accumulate.
    ///
    /// - Parameter newest: The newest reading at the source; `nil` if there was none.
    package func succeedMeterLoad(of muid: String, newest: Timestamp?, period: Duration) async throws {
        try await run { connection in
            _ = try connection.query(
                """
                UPDATE meter_load
                SET due_at = due_at + make_interval(
                        secs => $3 * greatest(1, ceil(extract(epoch FROM now() - due_at)::double precision / $3))),
                    leased_until = '-infinity', failures = 0, succeeded_at = now(), error = NULL,
                    complete_until = greatest(complete_until, to_timestamp($2::bigint / 1000.0))
                WHERE muid = $1
                """, [.text(muid), .bigint(newest?.millisecondsSince1970), .double(period / .seconds(1))])
        }
    }

    /// Records a failed load. It is repeated after `firstPause`, and after twice the time with each further failure, up
    /// to `period`.
    package func failMeterLoad(
        of muid: String, error: String, firstPause: Duration, period: Duration
    ) async throws {
        try await run { connection in
            _ = try connection.query(
                """
                UPDATE meter_load
                SET due_at = now() + make_interval(secs => least($4, $3 * power(2, least(failures, 20)))),
                    leased_until = '-infinity', failures = failures + 1, error = $2
                WHERE muid = $1
                """,
                [
                    .text(muid), .text(error.replacingNUL), .double(firstPause / .seconds(1)),
                    .double(period / .seconds(1)),
                ])
        }
    }
}
