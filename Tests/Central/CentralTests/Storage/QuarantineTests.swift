import Building
import DatabaseRig
import Postgres
import Storage
import Testing

@Suite(.withDatabaseServer, .database, .serialized) struct QuarantineTests {
    /// The values that are stored of a building, and the numbers that are quarantined.
    func stored(_ replica: Replica, _ slug: String) async throws -> [Int] {
        try await replica.rows(
            "SELECT value FROM raw_data WHERE device_id LIKE $1 || '/%' ORDER BY number_in(value)", [.text(slug)]
        ).compactMap { Int($0) }
    }

    func quarantined(_ replica: Replica, _ store: StoreID) async throws -> [String] {
        try await replica.rows(
            "SELECT q.number::text, value, sql_state FROM quarantined_reading q WHERE store_id = $1 ORDER BY q.number",
            [.uuid(store.uuid)], columns: 3)
    }

    /// The tables as they are, with something added that refuses some readings.
    func withRefusal(
        _ add: String, _ remove: String, _ body: (Replica) async throws -> Void
    ) async throws {
        let replica = try await Replica.migrated()
        try await replica.run(add)
        try await body(replica)
        try await replica.run(remove)
    }

    @Test func `sets aside the readings that a constraint refuses, and stores all others once`() async throws {
        try await withRefusal(
            "ALTER TABLE reading ADD CONSTRAINT refusal CHECK (number IS NULL OR number NOT IN (1, 666, 667, 3000))",
            "ALTER TABLE reading DROP CONSTRAINT refusal"
        ) { replica in
            let building = try await replica.building("refused")
            let store = StoreID()
            let outcome = try await replica.store.store(readings(1..<3001, of: store), building: building)
            #expect(outcome == StoringOutcome(stored: 2996, repeated: 0, quarantined: 4))
            let bad: Set = [1, 666, 667, 3000]
            #expect(try await stored(replica, "refused") == (1..<3001).filter { !bad.contains($0) })
            #expect(
                try await quarantined(replica, store) == [
                    "1|1|23514", "666|666|23514", "667|667|23514", "3000|3000|23514",
                ]
            )
            // The same again, and one that reaches further: neither is stored or set aside twice.
            let again = try await replica.store.store(readings(600..<3101, of: store), building: building)
            #expect(again == StoringOutcome(stored: 100, repeated: 2401))
            #expect(try await stored(replica, "refused").count == 3096)
            #expect(try await quarantined(replica, store).count == 4)
            // What is set aside is not shown as the newest.
            let latest = try await replica.rows(
                "SELECT value FROM latest_reading WHERE device_id LIKE 'refused/%'")
            #expect(latest == ["3100"])
            let account = try await replica.store.audit(building: building.slug)[0]
            #expect(account.balances)
            #expect(account.quarantined == 4)
            #expect(account.stored == 3096)
        }
    }

    @Test func `sets aside what a trigger refuses, in a batch of nothing else as well`() async throws {
        try await withRefusal(
            """
            CREATE FUNCTION refuse_reading() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.number < 21 THEN RAISE EXCEPTION 'too cold: %', NEW.number; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER refusal BEFORE INSERT ON reading FOR EACH ROW EXECUTE FUNCTION refuse_reading();
            """, "DROP TRIGGER refusal ON reading; DROP FUNCTION refuse_reading()"
        ) { replica in
            let building = try await replica.building("cold")
            let store = StoreID()
            let nothing = try await replica.store.store(readings(1..<21, of: store), building: building)
            #expect(nothing == StoringOutcome(stored: 0, repeated: 0, quarantined: 20))
            let behind = try await replica.store.store(readings(15..<31, of: store), building: building)
            #expect(behind == StoringOutcome(stored: 10, repeated: 6))
            #expect(try await stored(replica, "cold") == Array(21..<31))
            let reason = try await replica.rows(
                "SELECT DISTINCT sql_state, message LIKE 'too cold%' FROM quarantined_reading WHERE store_id = $1",
                [.uuid(store.uuid)], columns: 2)
            #expect(reason == ["P0001|t"])
        }
    }

    @Test func `sets aside the readings of a device that the database does not take`() async throws {
        try await withRefusal(
            "ALTER TABLE devices ADD CONSTRAINT refusal CHECK (device_id NOT LIKE '%/evil-%') NOT VALID",
            "ALTER TABLE devices DROP CONSTRAINT refusal"
        ) { replica in
            let building = try await replica.building("devices")
            let store = StoreID()
            let keys = (0..<9).map { index in
                SeriesKey(
                    room: Slug("r")!, device: index % 4 == 1 ? "evil-\(index)" : "good-\(index)", deviceClass: nil,
                    datapoint: .temperature)
            }
            let rows = (0..<90).map { index in
                row(.number(Double(index)), at: Timestamp(millisecondsSince1970: midnight), series: index % 9)
            }
            let batch = IncomingReadings(store: store, firstNumber: 1, series: keys, rows: rows)
            let outcome = try await replica.store.store(batch, building: building)
            #expect(outcome == StoringOutcome(stored: 70, repeated: 0, quarantined: 20))
            #expect(try await stored(replica, "devices") == (0..<90).filter { $0 % 9 % 4 != 1 })
            // The series that were made while searching are known afterwards, and are the same.
            let series = try await replica.rows(
                "SELECT count(*)::text FROM series JOIN devices ON devices.id = device WHERE device_id LIKE 'devices/%'"
            )
            #expect(series == ["7"])
        }
    }

    @Test func `stores and sets aside each once where two replicas get the same bad batch`() async throws {
        try await withRefusal(
            "ALTER TABLE reading ADD CONSTRAINT refusal CHECK (number <> 667)",
            "ALTER TABLE reading DROP CONSTRAINT refusal"
        ) { first in
            let second = Replica()
            let building = try await first.building("both")
            let store = StoreID()
            async let one = first.store.store(readings(1..<2501, of: store), building: building)
            async let other = second.store.store(readings(1..<2501, of: store), building: building)
            let outcomes = try await [one, other]
            #expect(outcomes.map(\.stored).reduce(0, +) == 2499)
            #expect(outcomes.map(\.quarantined).reduce(0, +) == 1)
            #expect(try await stored(first, "both").count == 2499)
        }
    }
}
