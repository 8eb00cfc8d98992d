internal import Building
internal import Postgres

extension CentralStore {
    /// Stores the readings of one smart meter, and registers the meter if it is new. Storing the same readings again
    /// changes nothing.
    ///
    /// - Parameters:
    ///   - readings: The readings, with finite energies of at least 0.
    ///   - muid: The meter's name at its source, at most `SeriesKey.longestDevice` bytes, without NUL.
    /// - Throws: `ForeignMeterError` if the meter belongs to another building; `StoreError.unavailable`,
    ///   `outcomeUnknown`.
    package func store(
        _ readings: [MeterReading], ofMeter muid: String, building: BuildingReference
    ) async throws -> MeterStoringOutcome {
        guard !readings.isEmpty else { return MeterStoringOutcome() }
        // This is a separate transaction: a new chunk of `meter_reading` locks `meter_register`, which its rows refer
        // to. A transaction that had written there and needed a new chunk as well would deadlock with it.
        let device = try await transaction { connection in
            let device = try Self.device(ofMeter: muid, building: building, on: connection)
            try Self.makeRegisters(of: device, Set(readings.map(\.register)), on: connection)
            return device
        }
        return try await transaction { connection in
            // The lock serializes transactions that store readings of the same meter, so that each sees the rows of the
            // one before.
            try connection.query("SELECT FROM devices WHERE id = $1 FOR NO KEY UPDATE", [.int(device)])
            let registers = try Self.registers(of: device, on: connection)
            let times = readings.map(\.time.storable.millisecondsSince1970)
            let row = try connection.query(
                """
                WITH given AS MATERIALIZED (
                    SELECT DISTINCT ON (register_id, time_ms)
                        to_timestamp(time_ms / 1000.0) AS time, register_id, kwh, quality
                    FROM unnest($1::bigint[], $2::bigint[], $3::double precision[], $4::text[]) WITH ORDINALITY
                        AS given (time_ms, register_id, kwh, quality, place)
                    ORDER BY register_id, time_ms, quality = $7 DESC, place
                ), judged AS MATERIALIZED (
                    SELECT given.*, known.time IS NULL AS is_new,
                        (known.kwh, known.quality) IS DISTINCT FROM (given.kwh, given.quality)
                            AND (known.quality <> $7 OR given.quality = $7) AS is_better
                    FROM given LEFT JOIN meter_reading AS known
                        ON known.register_id = given.register_id AND known.time = given.time
                            AND known.time BETWEEN to_timestamp($5::bigint / 1000.0) AND to_timestamp($6::bigint / 1000.0)
                ), added AS (
                    INSERT INTO meter_reading (time, register_id, kwh, quality)
                    SELECT time, register_id, kwh, quality FROM judged WHERE is_new ORDER BY register_id, time
                    RETURNING 1
                ), corrected AS (
                    UPDATE meter_reading SET kwh = judged.kwh, quality = judged.quality
                    FROM judged
                    WHERE NOT is_new AND is_better AND meter_reading.register_id = judged.register_id
                        AND meter_reading.time = judged.time
                    RETURNING 1
                )
                SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM corrected)
                """,
                [
                    .bigints(times), .integers(readings.map { registers[$0.register]! }),
                    .doubles(readings.map(\.kilowattHours)), .texts(readings.map(\.quality.replacingNUL)),
                    .bigint(times.min()), .bigint(times.max()), .text(MeterReading.measured),
                ])[0]
            let (added, corrected) = (try row.value(0, as: Int.self), try row.value(1, as: Int.self))
            return MeterStoringOutcome(
                added: added, corrected: corrected, unchanged: readings.count - added - corrected)
        }
    }

    private static func device(
        ofMeter muid: String, building: BuildingReference, on connection: Connection
    ) throws -> Int {
        let owners = try connection.query(
            """
            SELECT hotels.slug FROM devices JOIN hotels ON hotels.id = devices.hotel_id
            WHERE devices.slug = $1 AND devices.class = 'smart_meter' AND hotels.id <> $2 LIMIT 1
            """, [.text(muid), .int(building.id)])
        if let owner = owners.first { throw ForeignMeterError(muid: muid, owner: try owner.value(0)) }
        let deviceID = DeviceID(building: building.slug, room: .building, device: muid).description
        try connection.query(
            """
            INSERT INTO devices (device_id, hotel_id, class) VALUES ($1, $2, 'smart_meter')
            ON CONFLICT (device_id) DO UPDATE SET hotel_id = excluded.hotel_id, class = excluded.class
            WHERE (devices.hotel_id, devices.class) IS DISTINCT FROM (excluded.hotel_id, excluded.class)
            """, [.text(deviceID), .int(building.id)])
        let found = try connection.query("SELECT id FROM devices WHERE device_id = $1", [.text(deviceID)])
        return try found[0].value(0)
    }

    private static func makeRegisters(
        of device: Int, _ registers: Set<MeterRegister>, on connection: Connection
    ) throws {
        let wanted = registers.sorted { $0.rawValue < $1.rawValue }
        try connection.query(
            """
            INSERT INTO meter_register (device, obis, measurement_type, direction)
            SELECT $1, obis, measurement_type, direction
            FROM unnest($2::text[], $3::text[], $4::text[]) AS wanted (obis, measurement_type, direction)
            WHERE NOT EXISTS (
                SELECT FROM meter_register WHERE meter_register.device = $1 AND meter_register.obis = wanted.obis)
            ORDER BY obis
            ON CONFLICT DO NOTHING
            """,
            [
                .int(device), .texts(wanted.map(\.rawValue)), .texts(wanted.map(\.measurementType.rawValue)),
                .texts(wanted.map(\.direction.rawValue)),
            ])
    }

    private static func registers(of device: Int, on connection: Connection) throws -> [MeterRegister: Int] {
        let rows = try connection.query("SELECT obis, id FROM meter_register WHERE device = $1", [.int(device)])
        var ids: [MeterRegister: Int] = [:]
        for index in 0..<rows.count {
            guard let register = MeterRegister(rawValue: try rows[index].value(0)) else { continue }
            ids[register] = try rows[index].value(1)
        }
        return ids
    }
}
