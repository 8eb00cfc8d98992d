import Building
import DatabaseRig
import Foundation
import Postgres
import Storage
import Testing

@Suite(.withDatabaseServer, .database, .serialized) struct GroupCommitTests {
    func count(_ replica: Replica, _ slug: String) async throws -> Int {
        let rows = try await replica.rows(
            "SELECT count(*)::text FROM raw_data WHERE device_id LIKE $1 || '/%'", [.text(slug)])
        return Int(rows[0]) ?? -1
    }

    @Test func `stores what arrives together in far fewer transactions than batches`() async throws {
        let replica = try await Replica.migrated()
        let buildings = try await [replica.building("group-a"), replica.building("group-b")]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let batch = readings(1..<11, of: StoreID(), sensor: "sensor-\(index)")
                    let outcome = try await replica.store.store(batch, building: buildings[index % 2])
                    #expect(outcome == StoringOutcome(stored: 10, repeated: 0))
                }
            }
            try await group.waitForAll()
        }
        #expect(try await count(replica, "group-a") + count(replica, "group-b") == 2000)
        // Each store's row was written by the transaction that stored its batch.
        let transactions = try await replica.rows(
            """
            SELECT count(DISTINCT gateway_store.xmin::text)::text FROM gateway_store
            JOIN hotels ON hotels.id = hotel_id WHERE slug IN ('group-a', 'group-b')
            """)
        #expect(Int(transactions[0]).map { $0 < 60 } == true, "\(transactions)")
    }

    @Test func `keeps what is wrong with one batch from the others of its group`() async throws {
        let replica = try await Replica.migrated()
        try await replica.run("ALTER TABLE reading ADD CONSTRAINT refusal CHECK (number <> 666)")
        let home = try await replica.building("group-home")
        let other = try await replica.building("group-other")
        let (foreign, forked) = (StoreID(), StoreID())
        _ = try await replica.store.store(readings(1..<2, of: foreign), building: other)
        try await replica.store.acknowledge(forked, openingHistory: [UUID()], nextNumber: 1, building: home)
        enum Seen: Hashable, Sendable {
            case stored(Int, Int)
            case foreign, forked
        }
        let seen = try await withThrowingTaskGroup(of: Seen.self) { group in
            for index in 0..<60 {
                group.addTask {
                    let numbers: Range<Int64> = index == 30 ? 660..<670 : 1..<11
                    let store = index == 10 ? foreign : index == 20 ? forked : StoreID()
                    do {
                        let outcome = try await replica.store.store(
                            readings(numbers, of: store, sensor: "sensor-\(index)"), building: home,
                            incarnation: index == 20 ? UUID() : nil)
                        return .stored(outcome.stored, outcome.quarantined)
                    } catch StoreError.foreignStore {
                        return .foreign
                    } catch StoreError.forkedStore {
                        return .forked
                    }
                }
            }
            return try await group.reduce(into: [Seen: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(seen == [.stored(10, 0): 57, .stored(9, 1): 1, .foreign: 1, .forked: 1])
        #expect(try await count(replica, "group-home") == 579)
        try await replica.run("ALTER TABLE reading DROP CONSTRAINT refusal")
    }

    @Test func `stores the batches of one store one after another, and each number once`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("group-one")
        let store = StoreID()
        let outcomes = try await withThrowingTaskGroup(of: StoringOutcome.self) { group in
            for start in 0..<40 {
                let first = Int64(start) * 5 + 1
                group.addTask {
                    try await replica.store.store(readings(first..<(first + 10), of: store), building: building)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.reduce(0) { $0 + $1.stored } == 205)
        #expect(outcomes.reduce(0) { $0 + $1.repeated } == 195)
        #expect(try await count(replica, "group-one") == 205)
    }

    @Test func `stores what one gateway sends at once together`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("group-backlog")
        let store = StoreID()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<100 {
                let first = Int64(index) * 10 + 1
                group.addTask {
                    let outcome = try await replica.store.store(
                        readings(first..<(first + 10), of: store), building: building)
                    #expect(outcome == StoringOutcome(stored: 10, repeated: 0))
                }
            }
            try await group.waitForAll()
        }
        #expect(try await count(replica, "group-backlog") == 1000)
        let held = try await replica.rows(
            "SELECT held::text || stored::text FROM gateway_store WHERE store_id = $1", [.uuid(store.uuid)])
        #expect(held == ["{[1,1001)}1000"])
        let transactions = try await replica.rows(
            """
            SELECT count(DISTINCT reading.xmin::text)::text FROM reading JOIN series ON series.id = series_id
            JOIN devices ON devices.id = series.device WHERE device_id LIKE 'group-backlog/%'
            """)
        #expect(Int(transactions[0]).map { $0 < 60 } == true, "\(transactions)")
    }
}
