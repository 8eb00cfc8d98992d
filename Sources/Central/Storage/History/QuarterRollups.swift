internal import Building
internal import Postgres

/// The changes to `rollup_quarter` from the new rows of a transaction.
struct QuarterRollups {
    private struct Key: Hashable {
        var series: Int32
        /// The number of quarter-hours since 1970.
        var quarter: Int64
    }

    private struct Sum {
        var count = 0
        var sum = 0.0
        var minimum = Double.infinity
        var maximum = -Double.infinity
        var lastValue = 0.0
        /// The time of the last value in milliseconds since 1970.
        var lastTime = Int64.min
    }

    /// The largest magnitude of a measurement; sums of larger numbers could overflow. The migration has the same limit.
    private static let greatestNumber = 1e290
    private static let milliseconds: Int64 = 900_000

    private var places: [Key: Int] = [:]
    private var keys: [Key] = []
    private var sums: [Sum] = []

    init(_ parts: [ResolvedRows]) {
        for part in parts { add(part) }
    }

    private mutating func add(_ part: ResolvedRows) {
        // Rows arrive roughly in the order of time: the next row of a series is mostly in the same quarter-hour.
        var recent = [(quarter: Int64, place: Int)](repeating: (.min, 0), count: part.numbers.count)
        for range in part.rows.indices {
            for row in part.rows.readings.rows[range] {
                guard case .number(let number) = row.value, number.magnitude <= Self.greatestNumber else { continue }
                let time = row.eventTime.storable.millisecondsSince1970
                let quarter = time >= 0 ? time / Self.milliseconds : (time + 1) / Self.milliseconds - 1
                let index = row.seriesIndex
                if recent[index].quarter != quarter {
                    recent[index] = (quarter, place(Key(series: part.numbers[index], quarter: quarter)))
                }
                let place = recent[index].place
                sums[place].count += 1
                sums[place].sum += number
                if number < sums[place].minimum { sums[place].minimum = number }
                if number > sums[place].maximum { sums[place].maximum = number }
                // Of rows with the same time, the one with the higher number wins.
                if time >= sums[place].lastTime {
                    sums[place].lastTime = time
                    sums[place].lastValue = number
                }
            }
        }
    }

    private mutating func place(_ key: Key) -> Int {
        if let place = places[key] { return place }
        places[key] = keys.count
        keys.append(key)
        sums.append(Sum())
        return keys.count - 1
    }

    /// Writes the changes. Every writer calls it after `LatestReadings`, so that no two transactions deadlock.
    func store(on connection: Connection) throws {
        guard !keys.isEmpty else { return }
        try connection.query(
            """
            INSERT INTO rollup_quarter AS rollup
                (series_id, bucket, count, sum, minimum, maximum, last_value, last_time)
            SELECT series, to_timestamp(quarter * 900), count, sum, minimum, maximum, last_value,
                TIMESTAMPTZ 'epoch' + last_ms * INTERVAL '1 millisecond'
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::double precision[], $5::double precision[],
                    $6::double precision[], $7::double precision[], $8::bigint[])
                AS fresh (series, quarter, count, sum, minimum, maximum, last_value, last_ms)
            ORDER BY series, quarter
            ON CONFLICT (series_id, bucket) DO UPDATE
            SET count = rollup.count + excluded.count, sum = rollup.sum + excluded.sum,
                minimum = least(rollup.minimum, excluded.minimum),
                maximum = greatest(rollup.maximum, excluded.maximum),
                last_value = CASE WHEN excluded.last_time >= rollup.last_time THEN excluded.last_value
                    ELSE rollup.last_value END,
                last_time = greatest(rollup.last_time, excluded.last_time)
            """,
            [
                .integers(keys.map { Int($0.series) }), .bigints(keys.map(\.quarter)), .integers(sums.map(\.count)),
                .doubles(sums.map(\.sum)), .doubles(sums.map(\.minimum)), .doubles(sums.map(\.maximum)),
                .doubles(sums.map(\.lastValue)), .bigints(sums.map(\.lastTime)),
            ])
    }
}
