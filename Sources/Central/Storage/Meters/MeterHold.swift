internal import Postgres

/// A time for which a meter's last reading still applies because the next one was not due: quarter-hours without
/// readings of a meter that reports less often.
struct MeterHold {
    /// The time in seconds since 1970.
    var span: Range<Double>
    /// The power of the last reading, kW.
    var kilowatts: Double

    /// The number of its usual intervals for which a meter may be silent before it counts as a gap.
    private static let patience = 3.0
    /// The shortest time for which a reading applies, in seconds.
    private static let shortest = 900.0
    /// The longest time for which a reading applies, in seconds.
    private static let longest = 86_400.0
    /// The number of intervals that must be known to tell the usual one.
    private static let fewestIntervals = 3
    /// The time around the range in which readings are searched for the usual interval, in seconds: four readings of a
    /// meter that reports once a day.
    private static let surroundings = 4.0 * 86_400 + 900

    /// Returns the holds of the meters that overlap the range.
    ///
    /// The usual interval is determined from the readings around each silence, so that it may change over time.
    static func all(of series: [Int], _ range: Range<Double>, _ connection: Connection) throws -> [MeterHold] {
        try connection.query(
            """
            SELECT start, last, last_value, next, before_1, before_2, before_3, after_1, after_2, after_3
            FROM unnest($1::bigint[]) AS wanted (id), LATERAL (
                SELECT extract(epoch FROM bucket)::double precision AS start,
                    extract(epoch FROM last_time)::double precision AS last, last_value,
                    extract(epoch FROM lead(bucket) OVER told)::double precision AS next,
                    extract(epoch FROM bucket - lag(bucket) OVER told)::double precision
                        / lag(count) OVER told AS before_1,
                    extract(epoch FROM lag(bucket) OVER told - lag(bucket, 2) OVER told)::double precision
                        / lag(count, 2) OVER told AS before_2,
                    extract(epoch FROM lag(bucket, 2) OVER told - lag(bucket, 3) OVER told)::double precision
                        / lag(count, 3) OVER told AS before_3,
                    extract(epoch FROM lead(bucket, 2) OVER told - lead(bucket) OVER told)::double precision
                        / lead(count) OVER told AS after_1,
                    extract(epoch FROM lead(bucket, 3) OVER told - lead(bucket, 2) OVER told)::double precision
                        / lead(count, 2) OVER told AS after_2,
                    extract(epoch FROM lead(bucket, 4) OVER told - lead(bucket, 3) OVER told)::double precision
                        / lead(count, 3) OVER told AS after_3
                FROM rollup_quarter
                WHERE series_id = wanted.id AND bucket >= to_timestamp($2) AND bucket < to_timestamp($3)
                WINDOW told AS (ORDER BY bucket)
            ) AS quarter
            WHERE (next IS NULL OR next > start + 900) AND start < $4
            """,
            [
                .integers(series), .double(range.lowerBound - surroundings),
                .double(range.upperBound + surroundings), .double(range.upperBound),
            ]
        ).map { row -> MeterHold? in
            let intervals = try (4...9).compactMap { try row.optional($0, as: Double.self) }
            return hold(
                quarter: try row.value(0), last: try row.value(1), kilowatts: try row.value(2),
                next: try row.optional(3), intervals: intervals)
        }.compactMap(\.self).filter { $0.span.overlaps(range) }
    }

    /// Returns the hold after a reading, if there is one.
    ///
    /// - Parameters:
    ///   - quarter: The start of the quarter-hour with the last reading.
    ///   - last: The time of the last reading.
    ///   - next: The start of the next quarter-hour with a reading.
    ///   - intervals: The intervals between the readings before and after, in seconds.
    private static func hold(
        quarter: Double, last: Double, kilowatts: Double, next: Double?, intervals: [Double]
    ) -> MeterHold? {
        guard intervals.count >= fewestIntervals else { return nil }
        let usual = intervals.sorted()[intervals.count / 2]
        let bound = min(max(usual * patience, shortest), longest)
        // A meter that reports in every quarter-hour is silent only if something is wrong.
        guard bound > shortest else { return nil }
        let start = quarter + 900
        let end = min(next ?? .infinity, last + bound)
        return start < end ? MeterHold(span: start..<end, kilowatts: kilowatts) : nil
    }
}
