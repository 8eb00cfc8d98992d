internal import Building
internal import Postgres

/// The quarantine of readings that the database refused.
enum Quarantine {
    static func add(
        _ refusals: [PoisonRowIsolation.Refusal], of readings: IncomingReadings, building: BuildingReference,
        on connection: Connection
    ) throws {
        guard !refusals.isEmpty else { return }
        let rows = refusals.map { readings.rows[$0.row] }
        let names = rows.map { SeriesName(readings.series[$0.seriesIndex], building: building.slug) }
        try connection.query(
            """
            INSERT INTO quarantined_reading
                (store_id, number, device_id, datapoint, time, received, clock_trusted, quality, value, sql_state, message)
            SELECT $1, number, device_id, datapoint, to_timestamp(time_ms / 1000.0), to_timestamp(received_ms / 1000.0),
                trusted = 1, quality, value, sql_state, message
            FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                    $9::text[], $10::text[], $11::text[])
                AS refused (number, device_id, datapoint, time_ms, received_ms, trusted, quality, value, sql_state,
                    message)
            """,
            [
                .uuid(readings.store.uuid), .bigints(refusals.map { readings.firstNumber + Int64($0.row) }),
                .texts(names.map(\.deviceID)), .texts(names.map(\.datapoint)),
                .bigints(rows.map(\.eventTime.storable.millisecondsSince1970)),
                .bigints(rows.map(\.receivedTime.storable.millisecondsSince1970)),
                .integers(rows.map { $0.clockTrusted ? 1 : 0 }), .integers(rows.map { Int($0.quality.rawValue) }),
                .texts(
                    rows.map { row in
                        let (number, text) = row.value.columns
                        return text ?? number.map(ReadingValue.shortest)
                    }),
                .texts(refusals.map { $0.error.sqlState ?? "" }), .texts(refusals.map { $0.error.description }),
            ])
    }
}
