internal import Building
internal import Postgres

/// The newest row of each series of a transaction.
struct LatestReadings {
    private struct Newest {
        var name: SeriesName
        var row: IncomingReadings.Row
        var order: Int64
    }

    private let newest: [Newest]

    /// The tolerance by which a reading's time may be ahead of its arrival and still determine its order: clocks of
    /// sensors and servers differ by seconds to minutes. `order_of_reading` in the schema has the same value.
    private static let tolerance: Duration = .seconds(300)

    init(_ parts: [ResolvedRows], now: Timestamp) {
        // Series are compared by id: two names of a batch may be the same series, because NUL is replaced in names.
        var places: [Int32: Int] = [:]
        var chosen: [Newest] = []
        for part in parts {
            for (index, candidate) in Self.newest(of: part, now: now).enumerated() {
                guard let candidate else { continue }
                let row = part.rows.readings.rows[candidate.row]
                let entry = Newest(name: part.names[index], row: row, order: candidate.order)
                if let place = places[part.numbers[index]] {
                    if candidate.order >= chosen[place].order { chosen[place] = entry }
                } else {
                    places[part.numbers[index]] = chosen.count
                    chosen.append(entry)
                }
            }
        }
        newest = chosen
    }

    /// Returns the index and the order of the newest row of each of the batch's series.
    private static func newest(of part: ResolvedRows, now: Timestamp) -> [(row: Int, order: Int64)?] {
        var newest = [(row: Int, order: Int64)?](repeating: nil, count: part.names.count)
        for range in part.rows.indices {
            for index in range {
                let row = part.rows.readings.rows[index]
                let order = order(of: row, now: now).millisecondsSince1970
                // Of equal times the later number wins.
                if let best = newest[row.seriesIndex], best.order > order { continue }
                newest[row.seriesIndex] = (index, order)
            }
        }
        return newest
    }

    /// Returns the time by which rows are ordered: the reading's time, unless it is ahead of its arrival by more than
    /// the tolerance.
    private static func order(of row: IncomingReadings.Row, now: Timestamp) -> Timestamp {
        let arrival = row.clockTrusted ? min(row.receivedTime.storable, now) : now
        let event = row.eventTime.storable
        return event <= arrival.advanced(by: tolerance) ? event : arrival
    }

    /// Replaces older rows of the table. Newer ones stay.
    func store(on connection: Connection) throws {
        let values = newest.map(\.row.value.columns)
        // The rows are sorted, so that transactions on the same rows do not deadlock.
        try connection.query(
            """
            INSERT INTO latest_reading AS latest
                (device_id, datapoint, "timestamp", datetime, value, number, quality, ordered_by)
            SELECT device_id, datapoint, unix_seconds(moment), moment, coalesce(number::text, text), number, quality,
                to_timestamp(order_ms / 1000.0)
            FROM unnest($1::text[], $2::text[], $3::bigint[], $4::double precision[], $5::text[], $6::bigint[],
                    $7::bigint[]) AS fresh (device_id, datapoint, time_ms, number, text, quality, order_ms),
                LATERAL (SELECT to_timestamp(time_ms / 1000.0) AS moment) AS converted,
                (SELECT set_config('hearth.announces', 'after commit', true)) AS announcement
            ORDER BY device_id, datapoint
            ON CONFLICT (device_id, datapoint) DO UPDATE
            SET "timestamp" = excluded."timestamp", datetime = excluded.datetime, value = excluded.value,
                number = excluded.number, quality = excluded.quality, ordered_by = excluded.ordered_by
            WHERE excluded.ordered_by >= latest.ordered_by
            """,
            [
                .texts(newest.map(\.name.deviceID)), .texts(newest.map(\.name.datapoint)),
                .bigints(newest.map(\.row.eventTime.storable.millisecondsSince1970)), .doubles(values.map(\.number)),
                .texts(values.map(\.text)), .integers(newest.map { Int($0.row.quality.rawValue) }),
                .bigints(newest.map(\.order)),
            ])
    }
}
