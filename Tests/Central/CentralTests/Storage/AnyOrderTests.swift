import Building
import DatabaseRig
import Postgres
import Rig
import Storage
import Testing

@Suite(.withDatabaseServer, .database) struct AnyOrderTests {
    @Test(arguments: 1...12)
    func `stores each number once, whatever two replicas get at once and in whatever order`(seed: Int) async throws {
        let replicas = [try await Replica.migrated(), Replica()]
        let slug = "order-\(seed)"
        let building = try await replicas[0].building(slug)
        var random = SeededRandom(seed: UInt64(seed))
        let stores = [StoreID(), StoreID()]
        let last = Int64.random(in: 200...600, using: &random)
        // Each store's numbers, cut in pieces of which many overlap and some repeat; all of it shuffled.
        var work: [(StoreID, Range<Int64>)] = []
        for store in stores {
            var start: Int64 = 1
            while start <= last {
                let end = min(start + .random(in: 1...60, using: &random), last + 1)
                let reach = max(1, start - .random(in: 0...40, using: &random))
                work.append((store, reach..<end))
                if Bool.random(using: &random) { work.append((store, reach..<end)) }
                start = end
            }
        }
        work.shuffle(using: &random)
        let lanes = (0..<4).map { lane in work.indices.filter { $0 % 4 == lane }.map { work[$0] } }
        let outcomes = try await withThrowingTaskGroup(of: [StoringOutcome].self) { group in
            for (lane, pieces) in lanes.enumerated() {
                group.addTask {
                    var outcomes: [StoringOutcome] = []
                    for (store, numbers) in pieces {
                        let sensor = store == stores[0] ? "sensor-0" : "sensor-1"
                        outcomes.append(
                            try await replicas[lane % 2].store.store(
                                readings(numbers, of: store, sensor: sensor), building: building))
                    }
                    return outcomes
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(outcomes.reduce(0) { $0 + $1.stored } == Int(last) * stores.count, "seed \(seed)")
        #expect(
            outcomes.reduce(0) { $0 + $1.stored + $1.repeated } == work.reduce(0) { $0 + $1.1.count }, "seed \(seed)")
        for sensor in ["sensor-0", "sensor-1"] {
            let values = try await replicas[0].rows(
                "SELECT value FROM raw_data WHERE device_id = $1 ORDER BY number_in(value)",
                [.text("\(slug)/room-101/\(sensor)")])
            #expect(values == (1...last).map { "\($0)" }, "seed \(seed)")
        }
        let accounts = try await replicas[0].store.audit(building: building.slug)
        #expect(accounts.count == 2)
        #expect(accounts.allSatisfy { $0.balances && $0.stored == last && $0.numbered == last }, "seed \(seed)")
    }
}
