internal import Building
internal import Postgres

/// The newest row of each series of a batch.
struct LatestReadings {
    private struct Newest {
        var row: Int
        var order: Int64
    }

    private let readings: IncomingReadings
    private let names: [SeriesName]
    private let newest: [Newest?]

    /// How far ahead of the time of arrival a reading may lie and still be ordered by its own time: clocks of sensors
    /// and servers differ by seconds to minutes. As in `order_of_reading` of the schema.
    private static let tolerance: Duration = .seconds(300)

    init(_ rows: NewRows, names: [SeriesName], now: Timestamp) {
        readings = rows.readings
        self.names = names
        var newest = [Newest?](repeating: nil, count: names.count)
        for range in rows.indices {
            for index in range {
                let row = rows.readings.rows[index]
                let order = Self.order(of: row, now: now).millisecondsSince1970
                // Of equal times the later number wins.
                if let best = newest[row.seriesIndex], best.order > order { continue }
                newest[row.seriesIndex] = Newest(row: index, order: order)
            }
        }
        self.newest = newest
    }

    /// What “newest” goes by: the reading's time, but not further in the future of its arrival than clocks differ.
    private static func order(of row: IncomingReadings.Row, now: Timestamp) -> Timestamp {
        let arrival = row.clockTrusted ? min(row.receivedTime.storable, now) : now
        let event = row.eventTime.storable
        return event <= arrival.advanced(by: tolerance) ? event : arrival
    }

    /// Replaces what is older. A row of the table that is newer than these stays.
    func store(on connection: Connection) throws {
        // Two series of a batch may be one to us: where a NUL in their names was replaced.
        var place: [SeriesName: Int] = [:]
        var chosen: [(series: Int, newest: Newest)] = []
        for (series, candidate) in newest.enumerated() {
            guard let candidate else { continue }
            if let earlier = place[names[series]] {
                if candidate.order >= chosen[earlier].newest.order { chosen[earlier] = (series, candidate) }
            } else {
                place[names[series]] = chosen.count
                chosen.append((series, candidate))
            }
        }
        let rows = chosen.map { readings.rows[$0.newest.row] }
        let values = rows.map(\.value.columns)
        // Sorted, so that two that touch the same rows never wait for each other in a circle.
        try connection.query(
            """
            INSERT INTO latest_reading AS latest
                (device_id, datapoint, "timestamp", datetime, value, number, quality, ordered_by)
            SELECT device_id, datapoint, unix_seconds(moment), moment, coalesce(number::text, text), number, quality,
                to_timestamp(order_ms / 1000.0)
            FROM unnest($1::text[], $2::text[], $3::bigint[], $4::double precision[], $5::text[], $6::bigint[],
                    $7::bigint[]) AS fresh (device_id, datapoint, time_ms, number, text, quality, order_ms),
                LATERAL (SELECT to_timestamp(time_ms / 1000.0) AS moment) AS converted
            ORDER BY device_id, datapoint
            ON CONFLICT (device_id, datapoint) DO UPDATE
            SET "timestamp" = excluded."timestamp", datetime = excluded.datetime, value = excluded.value,
                number = excluded.number, quality = excluded.quality, ordered_by = excluded.ordered_by
            WHERE excluded.ordered_by >= latest.ordered_by
            """,
            [
                .texts(chosen.map { names[$0.series].deviceID }), .texts(chosen.map { names[$0.series].datapoint }),
                .bigints(rows.map(\.eventTime.storable.millisecondsSince1970)), .doubles(values.map(\.number)),
                .texts(values.map(\.text)), .integers(rows.map { Int($0.quality.rawValue) }),
                .bigints(chosen.map(\.newest.order)),
            ])
    }
}
