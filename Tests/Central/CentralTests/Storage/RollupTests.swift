import Building
import DatabaseRig
import Foundation
import Postgres
import Storage
import Testing

@Suite(.withDatabaseServer, .database, .serialized) struct RollupTests {
    /// What differs between the rollups and the readings themselves.
    func differences(_ replica: Replica) async throws -> [String] {
        try await replica.rows(
            """
            WITH truth AS (
                SELECT series_id, to_timestamp(floor(extract(epoch FROM time) / 900) * 900) AS bucket, count(*) AS n,
                    sum(number) AS total, min(number) AS least, max(number) AS greatest, max(time) AS newest
                FROM reading WHERE number IS NOT NULL AND abs(number) <= 1e290 GROUP BY 1, 2
            )
            SELECT coalesce(truth.series_id, rollup.series_id)::text || ' ' || coalesce(truth.bucket, rollup.bucket)
                || ': ' || coalesce(n::text, '-') || ' readings, ' || coalesce(count::text, '-') || ' rolled up'
            FROM truth FULL JOIN rollup_quarter AS rollup USING (series_id, bucket)
            WHERE (n, least, greatest, newest) IS DISTINCT FROM (count, minimum, maximum, last_time)
                OR abs(total - sum) > 1e-9 * greatest(abs(total), 1)
                OR NOT EXISTS (
                    SELECT FROM reading
                    WHERE reading.series_id = rollup.series_id AND time = last_time AND number = last_value)
            """)
    }

    func count(_ replica: Replica) async throws -> Int {
        Int(try await replica.rows("SELECT count(*)::text FROM rollup_quarter")[0]) ?? -1
    }

    /// Numbers that look random and are the same each time.
    struct SeededRandom: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    static let keys = (0..<6).map { index in
        SeriesKey(
            room: Slug("room-101")!, device: "sensor-\(index)", deviceClass: .temperatureSensor, datapoint: .temperature
        )
    }

    /// A few thousand readings of two days, some far away, some text, some no number, in no order.
    func mixture(_ count: Int, of store: StoreID, first: Int64, _ dice: inout SeededRandom) -> IncomingReadings {
        let rows = (0..<count).map { _ in
            let far = Int.random(in: 0..<50, using: &dice) == 0
            let time = Timestamp(
                millisecondsSince1970: midnight
                    + Int64.random(in: far ? -200_000_000_000..<200_000_000_000 : 0..<172_800_000, using: &dice))
            let value: ReadingValue =
                switch Int.random(in: 0..<20, using: &dice) {
                case 0: .text("occupied")
                case 1: .number([.nan, .infinity, 1e300, -1e291][Int.random(in: 0..<4, using: &dice)])
                default: .number(Double.random(in: -40...60, using: &dice))
                }
            return row(value, at: time, series: Int.random(in: 0..<Self.keys.count, using: &dice))
        }
        return IncomingReadings(store: store, firstNumber: first, series: Self.keys, rows: rows)
    }

    @Test(arguments: [1, 2, 3]) func `are what the readings are, however they came`(seed: UInt64) async throws {
        let replicas = [try await Replica.migrated(), Replica()]
        let slug = "mixed-\(seed)"
        let building = try await replicas[0].building(slug)
        // Refuses some, so that the way that searches for them is taken as well.
        let refusal = "refusal_\(seed)"
        try await replicas[0].run(
            "ALTER TABLE reading ADD CONSTRAINT \(refusal) CHECK (number IS NULL OR number NOT BETWEEN 20 AND 20.5)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    var dice = SeededRandom(state: seed &* 1000 &+ UInt64(worker))
                    let store = StoreID()
                    var numbers: Int64 = 1
                    for _ in 0..<5 {
                        let size = Int.random(in: 1...900, using: &dice)
                        let batch = mixture(size, of: store, first: numbers, &dice)
                        // Late, doubled and overlapping: as a whole again, and with some that were there before.
                        for replica in replicas.shuffled(using: &dice) {
                            _ = try await replica.store.store(batch, building: building)
                        }
                        numbers += Int64(Int.random(in: 1...size, using: &dice))
                        let insert =
                            """
                            INSERT INTO raw_data (datetime, device_id, datapoint, value)
                            SELECT TIMESTAMPTZ '2024-12-27 00:00+00' + n * INTERVAL '77 seconds',
                                '\(slug)/room-101/sensor-' || n % 6, 'temperature',
                                CASE WHEN n % 11 = 0 THEN 'off' WHEN n % 13 = 0 THEN '1e300'
                                    ELSE (n * 0.37 - \(worker))::text END
                            FROM generate_series(1, \(size)) AS n
                            WHERE n * 0.37 - \(worker) NOT BETWEEN 20 AND 20.5 ORDER BY random()
                            """
                        try await Self.untilNoDeadlock { try await replicas[worker % 2].run(insert) }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await replicas[0].run("ALTER TABLE reading DROP CONSTRAINT \(refusal)")
        let differences = try await differences(replicas[0])
        #expect(differences.isEmpty, "seed \(seed): \(differences.prefix(5))")
        #expect(try await count(replicas[0]) > 1000)
        let refused = try await replicas[0].rows("SELECT count(*)::text FROM quarantined_reading")
        #expect(refused != ["0"])
    }

    /// As any tool has to that writes to tables which others write to.
    static func untilNoDeadlock(_ body: () async throws -> Void) async throws {
        while true {
            do { return try await body() } catch let error as PostgresError where error.isSerializationFailure {}
        }
    }

    @Test func `tell the last value by its time, and of equal times the one that came last`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("last")
        let store = StoreID()
        func send(_ number: Int64, _ value: Double, second: Int64) async throws {
            let time = Timestamp(millisecondsSince1970: midnight + second * 1000)
            let batch = IncomingReadings(
                store: store, firstNumber: number, series: [Self.keys[0]], rows: [row(.number(value), at: time)])
            _ = try await replica.store.store(batch, building: building)
        }
        func last() async throws -> String {
            try await replica.rows(
                """
                SELECT last_value || ' of ' || count FROM rollup_quarter
                JOIN series ON series.id = series_id JOIN devices ON devices.id = device WHERE device_id LIKE 'last/%'
                """)[0]
        }
        try await send(1, 20, second: 100)
        try await send(2, 21, second: 50)
        #expect(try await last() == "20 of 2")
        try await send(3, 22, second: 100)
        #expect(try await last() == "22 of 3")
        try await send(3, 22, second: 100)
        #expect(try await last() == "22 of 3")
        try await replica.run(
            "INSERT INTO raw_data VALUES (1735257700, NULL, 'last/room-101/sensor-0', 'temperature', '23')")
        #expect(try await last() == "23 of 4")
    }

    @Test func `know nothing of a transaction that was rolled back`() async throws {
        let replica = try await Replica.migrated()
        try await replica.run(
            """
            BEGIN;
            INSERT INTO raw_data VALUES (1735257600, NULL, 'rolled/room-1/back', 'temperature', '20');
            ROLLBACK;
            """)
        #expect(
            try await replica.rows(
                """
                SELECT count(*)::text FROM rollup_quarter JOIN series ON series.id = series_id
                JOIN devices ON devices.id = device WHERE device_id LIKE 'rolled/%'
                """) == ["0"])
    }
}
