import DatabaseRig
import Postgres
import Storage
import Testing

@Suite(.withDatabaseServer, .database) struct RawDataTests {
    @Test func `has exactly the five columns that tools know`() async throws {
        let replica = try await Replica.migrated()
        let columns = try await replica.rows(
            """
            SELECT column_name, data_type FROM information_schema.columns
            WHERE table_name = 'raw_data' ORDER BY ordinal_position
            """, columns: 2)
        #expect(
            columns == [
                "timestamp|integer", "datetime|timestamp with time zone", "device_id|text", "datapoint|text",
                "value|text",
            ])
    }

    @Test func `derives timestamp from datetime and the other way round`() async throws {
        let replica = try await Replica.migrated()
        try await replica.run(
            """
            INSERT INTO raw_data (timestamp, device_id, datapoint, value) VALUES (1735257600, 'derive', 'a', '1');
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
                VALUES ('2024-12-27 01:00:01.9+01', 'derive', 'b', '2');
            INSERT INTO raw_data VALUES (1, '2024-12-27 00:00:02+00', 'derive', 'c', '3');
            """)
        let rows = try await replica.rows(
            """
            SELECT timestamp::text, datetime::text, datapoint FROM raw_data WHERE device_id = 'derive' ORDER BY 3
            """, columns: 3)
        #expect(
            rows == [
                "1735257600|2024-12-27 00:00:00+00|a", "1735257601|2024-12-27 00:00:01.9+00|b",
                "1735257602|2024-12-27 00:00:02+00|c",
            ])
    }

    @Test func `takes a row without any time for an error that says so`() async throws {
        let replica = try await Replica.migrated()
        let error = await #expect(throws: PostgresError.self) {
            try await replica.run("INSERT INTO raw_data (device_id, datapoint, value) VALUES ('t', 'a', '1')")
        }
        #expect(error?.message == "raw_data: a row needs a timestamp or a datetime")
        #expect(error?.hint?.isEmpty == false)
    }

    @Test func `finds the building and the room of a device that was there before them`() async throws {
        let replica = try await Replica.migrated()
        try await replica.run(
            """
            INSERT INTO raw_data (timestamp, device_id, datapoint, value) VALUES
                (1735257600, 'late/room-1/air', 'temperature', '21'), (1735257600, 'late/building/meter', 'power_kw', '1');
            INSERT INTO hotels (slug, name, kind, time_zone) VALUES ('late', 'Late', 'hotel', 'UTC');
            INSERT INTO floors (hotel_id, slug, name, level) SELECT id, '1', '1', 1 FROM hotels WHERE slug = 'late';
            INSERT INTO rooms (floor_id, slug, name) SELECT floors.id, 'room-1', '1' FROM floors
                JOIN hotels ON hotels.id = hotel_id WHERE hotels.slug = 'late';
            """)
        let rows = try await replica.rows(
            """
            SELECT device_id, hotels.slug, coalesce(rooms.slug, '') FROM devices JOIN hotels ON hotels.id = hotel_id
            LEFT JOIN rooms ON rooms.id = room_id WHERE hotels.slug = 'late' ORDER BY device_id
            """, columns: 3)
        #expect(rows == ["late/building/meter|late|", "late/room-1/air|late|room-1"])
    }

    @Test(arguments: [
        ("24.5", "24.5", true), ("007", "7", true), ("-1e3", "-1000", true), ("+.5", "0.5", true),
        ("22.0", "22", true), ("1e999", "1e999", false), ("NaN", "NaN", false), ("Infinity", "Infinity", false),
        ("occupied", "occupied", false), ("0x10", "0x10", false), ("", "", false), ("1_000", "1_000", false),
    ])
    func `keeps numbers as numbers and everything else as the text it is`(
        given: String, shown: String, isNumber: Bool
    ) async throws {
        let replica = try await Replica.migrated()
        let device = "value/\(given)"
        try await replica.pool.withConnection { connection in
            _ = try connection.query(
                "INSERT INTO raw_data VALUES (1735257600, NULL, $1, 'x', $2)", [.text(device), .text(given)])
        }
        #expect(try await replica.rows("SELECT value FROM raw_data WHERE device_id = $1", [.text(device)]) == [shown])
        let latest = try await replica.rows(
            "SELECT value, (number IS NOT NULL)::text FROM latest_reading WHERE device_id = $1", [.text(device)],
            columns: 2)
        #expect(latest == ["\(shown)|\(isNumber)"])
    }

    @Test func `shows times that an integer cannot hold as the nearest that it can`() async throws {
        let replica = try await Replica.migrated()
        try await replica.run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value) VALUES
                ('1800-01-01', 'odd', 'a', '1'), ('1969-12-31 23:59:59.5+00', 'odd', 'b', '1'),
                ('2200-01-01', 'odd', 'c', '1')
            """)
        let rows = try await replica.rows(
            "SELECT timestamp::text FROM raw_data WHERE device_id = 'odd' ORDER BY datapoint")
        #expect(rows == ["-2147483648", "-1", "2147483647"])
    }

    @Test func `takes COPY, and brings latest_reading along`() async throws {
        let replica = try await Replica.migrated()
        try await replica.run(
            """
            CREATE TABLE tool (LIKE raw_data);
            INSERT INTO tool SELECT 1735257600 + n, NULL, 'meter_' || n % 3, 'power_kw', n::text
                FROM generate_series(1, 3000) n;
            """)
        // As any tool has them: text that another table's COPY TO wrote.
        let file = "/tmp/hearth-raw-data-\(UInt32.random(in: 0 ... .max)).copy"
        try await replica.run("COPY tool TO '\(file)'; COPY raw_data FROM '\(file)'")
        let rows = try await replica.rows(
            """
            SELECT device_id, count(*)::text, min(value::int)::text, max(value::int)::text FROM raw_data
            WHERE device_id LIKE 'meter%' GROUP BY 1 ORDER BY 1
            """, columns: 4)
        #expect(rows == ["meter_0|1000|3|3000", "meter_1|1000|1|2998", "meter_2|1000|2|2999"])
        let latest = try await replica.rows(
            "SELECT device_id, value FROM latest_reading WHERE device_id LIKE 'meter%' ORDER BY 1", columns: 2)
        #expect(latest == ["meter_0|3000", "meter_1|2998", "meter_2|2999"])
    }

    @Test func `finds the building and the room of a device that is named in full`() async throws {
        let replica = try await Replica.migrated()
        try await replica.store.apply(inventory("raw"))
        try await replica.run(
            """
            INSERT INTO raw_data VALUES (1735257600, NULL, 'raw/room-101/foreign', 'x', '1');
            INSERT INTO raw_data VALUES (1735257600, NULL, 'power_meter_9', 'power_kw', '1');
            INSERT INTO raw_data VALUES (1735257600, NULL, 'nowhere/room-101/x', 'x', '1');
            """)
        let rows = try await replica.rows(
            """
            SELECT device_id, (hotel_id IS NOT NULL)::text, (room_id IS NOT NULL)::text, devices.slug, room_slug
            FROM devices WHERE device_id IN ('raw/room-101/foreign', 'power_meter_9', 'nowhere/room-101/x') ORDER BY 1
            """, columns: 5)
        #expect(
            rows == [
                "nowhere/room-101/x|false|false|x|room-101", "power_meter_9|false|false|power_meter_9|NULL",
                "raw/room-101/foreign|true|true|foreign|room-101",
            ])
    }

    @Test func `works for a role that names another schema first, and keeps nothing of a failed statement`()
        async throws
    {
        let replica = try await Replica.migrated()
        try await replica.pool.withConnection { connection in
            try connection.execute(script: "SET search_path = pg_catalog")
            try connection.execute(script: "INSERT INTO public.raw_data VALUES (1735257600, NULL, 'path', 'x', '1')")
            let script =
                "INSERT INTO public.raw_data VALUES (1, NULL, 'path', 'y', '1'), (NULL, NULL, 'path', 'z', '1')"
            #expect(throws: PostgresError.self) { try connection.execute(script: script) }
            try connection.execute(script: "INSERT INTO public.raw_data VALUES (1735257601, NULL, 'path', 'x', '2')")
            try connection.execute(script: "RESET search_path")
        }
        let rows = try await replica.rows(
            "SELECT datapoint, value FROM raw_data WHERE device_id = 'path' ORDER BY datetime", columns: 2)
        #expect(rows == ["x|1", "x|2"])
    }
}
