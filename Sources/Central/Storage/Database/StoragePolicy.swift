internal import Logging
internal import Postgres

/// The policy for ageing readings. Rollups are kept forever.
package struct StoragePolicy: Hashable, Sendable {
    /// The age at which a chunk of readings is compressed, in days, at least 1; `nil` for never.
    package var compressAfterDays: Int?
    /// The age at which readings are dropped, in days, at least 1; `nil` for never.
    package var keepReadingsDays: Int?

    /// Creates a policy; by default readings are compressed after two weeks and never dropped.
    package init(compressAfterDays: Int? = 14, keepReadingsDays: Int? = nil) {
        self.compressAfterDays = compressAfterDays
        self.keepReadingsDays = keepReadingsDays
    }

    /// Makes the database follow the policy from now on. Only TimescaleDB's community edition can, not the Apache
    /// edition; without it all readings are kept uncompressed, and every query has the same answer.
    func apply(on connection: Connection, logger: Logger) {
        do {
            try follow(on: connection, logger)
        } catch {
            // The service works without it, and no data is lost.
            logger.warning("Storage policy cannot be set", metadata: ["error": "\(error)"])
        }
    }

    private func follow(on connection: Connection, _ logger: Logger) throws {
        let licence: String? = try connection.query("SELECT current_setting('timescaledb.license', true)")[0].optional(
            0)
        guard licence == "timescale" else {
            if keepReadingsDays != nil {
                logger.warning(
                    "Old readings are not dropped: this edition of TimescaleDB has no policies",
                    metadata: ["timescaledb.license": "\(licence ?? "?")"])
            }
            return
        }
        try connection.transaction { connection in
            if try differs(compressAfterDays, "policy_compression", "compress_after", on: connection) {
                try connection.query("SELECT remove_compression_policy('reading', if_exists => true)")
                if let days = compressAfterDays {
                    let settings =
                        """
                        ALTER TABLE reading SET (timescaledb.compress, timescaledb.compress_segmentby = 'series_id',
                            timescaledb.compress_orderby = 'time DESC')
                        """
                    try connection.execute(script: settings)
                    try connection.query(
                        "SELECT add_compression_policy('reading', compress_after => make_interval(days => $1::integer))",
                        [.int(days)])
                }
                note("compression", compressAfterDays, logger)
            }
            if try differs(keepReadingsDays, "policy_retention", "drop_after", on: connection) {
                try connection.query("SELECT remove_retention_policy('reading', if_exists => true)")
                if let days = keepReadingsDays {
                    try connection.query(
                        "SELECT add_retention_policy('reading', drop_after => make_interval(days => $1::integer))",
                        [.int(days)])
                }
                note("retention", keepReadingsDays, logger)
            }
        }
    }

    /// Returns whether the database's current policy differs.
    private func differs(
        _ days: Int?, _ policy: String, _ key: String, on connection: Connection
    ) throws -> Bool {
        try connection.query(
            """
            SELECT make_interval(days => $1::integer) IS DISTINCT FROM (
                SELECT (config ->> $3)::interval FROM timescaledb_information.jobs
                WHERE hypertable_name = 'reading' AND proc_name = $2 LIMIT 1)
            """, [.int(days), .text(policy), .text(key)])[0].value(0)
    }

    private func note(_ policy: String, _ days: Int?, _ logger: Logger) {
        logger.notice(
            "Storage policy changed", metadata: ["policy": "\(policy)", "days": "\(days.map(String.init) ?? "none")"])
    }
}
