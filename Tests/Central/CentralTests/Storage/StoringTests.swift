import Building
import DatabaseRig
import Postgres
import Storage
import Testing

@Suite(.withDatabaseServer, .database) struct StoringTests {
    func values(_ replica: Replica, _ slug: String) async throws -> [Int] {
        try await replica.rows(
            "SELECT value FROM raw_data WHERE device_id LIKE $1 || '/%' ORDER BY number_in(value)", [.text(slug)]
        ).compactMap { Int($0) }
    }

    @Test func `stores each number once, however batches repeat, overlap and come out of order`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("once")
        let store = StoreID()
        let batches: [(Range<Int64>, Int)] = [
            (11..<21, 0), (1..<6, 0), (11..<21, 10), (4..<13, 4), (1..<31, 20), (40..<41, 0), (30..<45, 2),
        ]
        for (numbers, repeated) in batches {
            let outcome = try await replica.store.store(readings(numbers, of: store), building: building)
            #expect(outcome == StoringOutcome(stored: numbers.count - repeated, repeated: repeated), "\(numbers)")
        }
        #expect(try await values(replica, "once") == Array(1..<45))
        let held = try await replica.rows(
            "SELECT held::text FROM gateway_store WHERE store_id = $1", [.uuid(store.uuid)])
        #expect(held == ["{[1,45)}"])
    }

    @Test func `stores each number once when two replicas get the same batches at the same time`() async throws {
        let first = try await Replica.migrated()
        let second = Replica()
        let building = try await first.building("replicas")
        let store = StoreID()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for replica in [first, second, first, second] {
                group.addTask {
                    for start in Int64(0)..<20 {
                        let numbers = (start * 50 + 1)..<(start * 50 + 80)
                        _ = try await replica.store.store(readings(numbers, of: store), building: building)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await values(first, "replicas") == Array(1..<1030))
    }

    @Test func `makes each device and series once when many gateways bring them at the same time`() async throws {
        let replicas = [try await Replica.migrated(), Replica()]
        let building = try await replicas[0].building("crowd")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    // The same new sensors, in another order each.
                    var sensors = (0..<30).map { "sensor-\($0)" }
                    sensors.shuffle()
                    let keys = sensors.map {
                        SeriesKey(room: Slug("room-1")!, device: $0, deviceClass: nil, datapoint: .temperature)
                    }
                    let time = Timestamp(millisecondsSince1970: midnight)
                    let rows = keys.indices.map { row(.number(Double(worker)), at: time, series: $0) }
                    let batch = IncomingReadings(store: StoreID(), firstNumber: 1, series: keys, rows: rows)
                    _ = try await replicas[worker % 2].store.store(batch, building: building)
                }
            }
            try await group.waitForAll()
        }
        let counts = try await replicas[0].rows(
            """
            SELECT count(*)::text, count(DISTINCT device_id)::text, count(DISTINCT devices.class)::text, min(class)
            FROM raw_data JOIN devices USING (device_id) WHERE device_id LIKE 'crowd/%'
            """, columns: 4)
        #expect(counts == ["240|30|1|temperature_sensor"])
    }

    @Test func `refuses a store that sent from another building`() async throws {
        let replica = try await Replica.migrated()
        let (here, there) = (try await replica.building("here"), try await replica.building("there"))
        let store = StoreID()
        _ = try await replica.store.store(readings(1..<3, of: store), building: here)
        let error = await #expect(throws: StoreError.self) {
            try await replica.store.store(readings(3..<5, of: store), building: there)
        }
        guard case .foreignStore(store) = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(try await values(replica, "there") == [])
    }

    @Test func `keeps what PostgreSQL's text cannot hold from blocking a batch`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("odd")
        let odd = Datapoint("state")!
        let keys = [
            SeriesKey(room: Slug("r")!, device: "a\0b", deviceClass: nil, datapoint: odd),
            SeriesKey(room: Slug("r")!, device: "a\u{FFFD}b", deviceClass: nil, datapoint: odd),
            SeriesKey(room: Slug("r")!, device: #"q"'\{,}"#, deviceClass: nil, datapoint: odd),
        ]
        let rows = [
            row(.text("x\0y"), at: Timestamp(millisecondsSince1970: midnight)),
            row(.number(.nan), at: Timestamp(millisecondsSince1970: midnight), series: 1),
            row(.text(#"\N \. "{'🌡"#), at: Timestamp(millisecondsSince1970: .max), series: 2),
        ]
        let batch = IncomingReadings(store: StoreID(), firstNumber: 1, series: keys, rows: rows)
        #expect(try await replica.store.store(batch, building: building).stored == 3)
        let stored = try await replica.rows(
            "SELECT device_id, value FROM latest_reading WHERE device_id LIKE 'odd/%' ORDER BY 1", columns: 2)
        #expect(stored == ["odd/r/a\u{FFFD}b|NaN", #"odd/r/q"'\{,}|\N \. "{'🌡"#])
    }

    @Test func `keeps what else a reading says`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("rest")
        let time = Timestamp(millisecondsSince1970: midnight)
        var batch = readings(1..<2, of: StoreID())
        batch.rows = [
            row(.number(20), at: time, received: time.advanced(by: .seconds(5)), trusted: false),
            row(.number(21), at: time.advanced(by: .milliseconds(1))),
        ]
        batch.rows[1].quality = .estimated
        _ = try await replica.store.store(batch, building: building)
        let rows = try await replica.rows(
            """
            SELECT reading.time::text, received::text, clock_trusted::text, quality::text FROM reading
            JOIN series ON series.id = series_id JOIN devices ON devices.id = device
            WHERE device_id LIKE 'rest/%' ORDER BY 1
            """, columns: 4)
        #expect(
            rows == [
                "2024-12-27 00:00:00+00|2024-12-27 00:00:05+00|false|0",
                "2024-12-27 00:00:00.001+00|NULL|true|2",
            ])
    }
}
