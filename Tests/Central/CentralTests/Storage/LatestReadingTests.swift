import Building
import DatabaseRig
import Postgres
import Storage
import Synchronization
import Testing

@Suite(.withDatabaseServer, .database) struct LatestReadingTests {
    /// Stores values one batch after the other, each at seconds after `midnight`, which is now; gives the latest value.
    func latest(
        of slug: String, after values: [(value: String, at: Int64)], received: Int64? = nil, trusted: Bool = true
    ) async throws -> String? {
        _ = try await Replica.migrated()
        let replica = Replica { Timestamp(millisecondsSince1970: midnight) }
        let building = try await replica.building(slug)
        let store = StoreID()
        for (index, entry) in values.enumerated() {
            var batch = readings(Int64(index + 1)..<Int64(index + 2), of: store)
            let time = Timestamp(millisecondsSince1970: midnight + entry.at * 1000)
            let receipt = received.map { Timestamp(millisecondsSince1970: midnight + $0 * 1000) }
            batch.rows = [row(.text(entry.value), at: time, received: receipt ?? time, trusted: trusted)]
            _ = try await replica.store.store(batch, building: building)
        }
        return try await replica.rows(
            "SELECT value FROM latest_reading WHERE device_id LIKE $1 || '/%'", [.text(slug)]
        ).first
    }

    @Test func `does not go back when old readings arrive late`() async throws {
        #expect(try await latest(of: "late", after: [("b", -60), ("c", -10), ("a", -3600)]) == "c")
    }

    @Test func `takes the later arrival where two have the same time`() async throws {
        #expect(try await latest(of: "same", after: [("first", -10), ("second", -10)]) == "second")
    }

    @Test func `is not blocked by one reading from the far future`() async throws {
        #expect(try await latest(of: "future", after: [("ghost", 2_000_000_000), ("real", 1)]) == "real")
    }

    @Test func `shows a device whose clock runs ahead as it sends`() async throws {
        let values: [(String, Int64)] = [("right", -10), ("ahead", 90_000), ("ahead again", 90_005)]
        #expect(try await latest(of: "ahead", after: values) == "ahead again")
        #expect(try await latest(of: "mended", after: [("ahead", 90_000), ("mended", 1)]) == "mended")
    }

    @Test func `orders a reading from the future by when the gateway received it`() async throws {
        // The ghost came an hour ago, during an outage of the uplink.
        #expect(try await latest(of: "hour", after: [("ghost", 9000)], received: -3600) == "ghost")
        let replica = Replica { Timestamp(millisecondsSince1970: midnight) }
        let order = try await replica.rows(
            "SELECT ordered_by::text FROM latest_reading WHERE device_id LIKE 'hour/%'")
        #expect(order == ["2024-12-26 23:00:00+00"])
    }

    @Test func `does not order by the receipt where the gateway's clock was not trusted`() async throws {
        let values: [(String, Int64)] = [("old", -60), ("new", -5)]
        #expect(try await latest(of: "untrusted", after: values, received: -1_000_000_000, trusted: false) == "new")
    }

    @Test func `takes the newest of a batch, whatever the order in it`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("batch")
        var batch = readings(1..<2, of: StoreID())
        batch.rows = [("b", 20), ("c", 30), ("c2", 30), ("a", 10)].map { value, second in
            row(.text(value), at: Timestamp(millisecondsSince1970: midnight + Int64(second) * 1000))
        }
        _ = try await replica.store.store(batch, building: building)
        let latest = try await replica.rows(
            """
            SELECT value, timestamp::text, datetime::text FROM latest_reading WHERE device_id LIKE 'batch/%'
            """, columns: 3)
        #expect(latest == ["c2|1735257630|2024-12-27 00:00:30+00"])
    }

    @Test func `is guarded for rows of raw_data as well`() async throws {
        let replica = try await Replica.migrated()
        for (value, moment) in [("b", "now()"), ("a", "now() - interval '1 hour'"), ("ghost", "'2099-01-01'")] {
            try await replica.run(
                "INSERT INTO raw_data (datetime, device_id, datapoint, value) VALUES (\(moment), 'guard', 'x', '\(value)')"
            )
        }
        let ghost = try await replica.rows("SELECT value FROM latest_reading WHERE device_id = 'guard'")
        #expect(ghost == ["ghost"])
        try await replica.run(
            "INSERT INTO raw_data (datetime, device_id, datapoint, value) VALUES (now(), 'guard', 'x', 'c')")
        #expect(try await replica.rows("SELECT value FROM latest_reading WHERE device_id = 'guard'") == ["c"])
    }
}
