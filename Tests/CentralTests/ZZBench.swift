import Building
import CentralStore
import DatabaseRig
import Foundation
import Testing

@Suite(.withDatabaseServer, .database) struct ZZBench {
    @Test func bench() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("bench")
        for size in [5000, 20000, 100000] {
            let store = StoreID()
            let keys = (0..<200).map { SeriesKey(room: Slug("room-\($0 / 5)")!, device: "s-\($0)", deviceClass: nil, datapoint: .temperature) }
            let began = ContinuousClock.now
            var n: Int64 = 1
            for _ in 0..<(1_000_000 / size) {
                let rows = (0..<size).map { i in row(.number(Double((Int(n) + i) % 1000) / 10), at: Timestamp(millisecondsSince1970: midnight + (n + Int64(i)) * 5), series: i % 200) }
                _ = try await replica.store.store(IncomingReadings(store: store, firstNumber: n, series: keys, rows: rows), building: building)
                n += Int64(size)
            }
            let t = ContinuousClock.now - began
            print("BENCH", size, 1_000_000 / (t / .seconds(1)))
        }
        let began = ContinuousClock.now
        try await replica.run("COPY (SELECT timestamp, datetime, device_id, datapoint, value FROM raw_data LIMIT 1000000) TO '/tmp/hearth-central-try-x.copy'")
        let mid = ContinuousClock.now
        print("BENCH copy out", mid - began)
        try await replica.run("COPY raw_data FROM '/tmp/hearth-central-try-x.copy'")
        print("BENCH raw_data copy", ContinuousClock.now - mid)
        for _ in 0..<3 {
            let a = ContinuousClock.now
            for _ in 0..<2000 { _ = try await replica.store.snapshot(ofRoom: 1) }
            print("BENCH snapshot", (ContinuousClock.now - a) / 2000)
        }
    }
}
