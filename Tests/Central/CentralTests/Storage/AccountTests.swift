import Building
import DatabaseRig
import Foundation
import Postgres
import Storage
import Testing

@Suite(.withDatabaseServer, .database) struct AccountTests {
    func report(_ numbered: Int64, waiting: [Range<Int64>] = []) -> GatewayReport {
        GatewayReport(numbered: numbered, waiting: waiting, rejected: [:], brokerDropped: 0)
    }

    func account(_ replica: Replica, _ building: BuildingReference) async throws -> StoreAccount {
        try #require(try await replica.store.audit(building: building.slug).first)
    }

    @Test func `accounts for every number: stored, lost, waiting, not reported yet, missing`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("sums")
        let store = StoreID()
        _ = try await replica.store.store(readings(1..<101, of: store), building: building)
        try await replica.store.declareLost(
            [.init(numbers: 101..<151, reason: .bufferFull), .init(numbers: 140..<161, reason: .corrupt)], of: store,
            incarnation: nil, building: building)
        try await replica.store.note(
            report(200, waiting: [90..<110, 171..<201]), of: store, incarnation: nil, building: building)
        let incomplete = try await account(replica, building)
        #expect(!incomplete.balances)
        #expect(incomplete.missing == [161..<171])
        #expect(incomplete.lost == ["buffer_full": 50, "corrupt": 10])
        #expect(incomplete.waiting == 30)
        #expect(incomplete.numbered == 200)
        // What was declared lost and comes all the same is held; what is newer than the report is not missed yet.
        _ = try await replica.store.store(readings(145..<171, of: store), building: building)
        _ = try await replica.store.store(readings(221..<231, of: store), building: building)
        let complete = try await account(replica, building)
        #expect(complete.balances, "\(complete.faults)")
        #expect(complete.lost == ["buffer_full": 44])
        #expect(complete.unreported == 20)
        #expect(complete.numbered == 230)
        #expect(
            complete.numbered == complete.stored + complete.lost.values.reduce(0, +) + complete.waiting
                + complete.unreported)
        // The next report tells.
        try await replica.store.note(
            report(230, waiting: [171..<221]), of: store, incarnation: nil, building: building)
        #expect(try await account(replica, building).unreported == 0)
        #expect(try await account(replica, building).balances)
        try await replica.store.note(report(230), of: store, incarnation: nil, building: building)
        #expect(try await account(replica, building).missing == [171..<221])
    }

    @Test func `takes the same declaration any number of times, and no report that is older`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("again")
        let store = StoreID()
        for _ in 0..<3 {
            try await replica.store.declareLost(
                [.init(numbers: 5..<11, reason: .operator), .init(numbers: 1..<6, reason: .operator)], of: store,
                incarnation: nil, building: building)
        }
        try await replica.store.note(report(10), of: store, incarnation: nil, building: building)
        try await replica.store.note(report(4), of: store, incarnation: nil, building: building)
        let account = try await account(replica, building)
        #expect(account.lost == ["operator": 10])
        #expect(account.numbered == 10)
        #expect(account.balances)
    }

    @Test func `notices rows and quarantine that the ledger does not know of`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("books")
        let store = StoreID()
        _ = try await replica.store.store(readings(1..<11, of: store), building: building)
        #expect(try await account(replica, building).balances)
        try await replica.run("UPDATE gateway_store SET stored = stored - 1 WHERE store_id = '\(store)'")
        #expect(try await account(replica, building).faults.count == 1)
        try await replica.run(
            "UPDATE gateway_store SET quarantined = quarantined + 1 WHERE store_id = '\(store)'")
        let faults = try await account(replica, building).faults
        #expect(faults == ["1 readings were quarantined, but the quarantine has 0."])
    }

    @Test func `misses the gaps of a store that never reported`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("silent")
        let store = StoreID()
        _ = try await replica.store.store(readings(4..<11, of: store), building: building)
        #expect(try await account(replica, building).missing == [1..<4])
    }

    // MARK: Openings

    @Test func `follows a store from opening to opening`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("openings")
        let (store, openings) = (StoreID(), (0..<4).map { _ in UUID() })
        func handshake(_ openingHistory: [UUID], _ next: Int64) async throws {
            try await replica.store.acknowledge(
                store, openingHistory: openingHistory, nextNumber: next, building: building)
        }
        try await handshake([openings[0]], 1)
        try await handshake([openings[0]], 1)
        _ = try await replica.store.store(readings(1..<11, of: store), building: building, incarnation: openings[0])
        // Two openings of which the central service never heard, then one of which the answer was lost.
        try await handshake([openings[0], openings[1], openings[2]], 11)
        try await handshake([openings[0], openings[1], openings[2], openings[3]], 11)
        _ = try await replica.store.store(readings(11..<21, of: store), building: building, incarnation: openings[3])
        // A gateway of an older version does not say.
        _ = try await replica.store.store(readings(21..<31, of: store), building: building)
        #expect(try await account(replica, building).balances)
    }

    @Test func `recognises a copy and a restored backup, and stores nothing of theirs`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("forks")
        let (store, first, second, copy) = (StoreID(), UUID(), UUID(), UUID())
        func forked(_ body: () async throws -> Void) async {
            let error = await #expect(throws: StoreError.self) { try await body() }
            guard case .forkedStore(store) = error else { return #expect(Bool(false), "\(error as Any)") }
        }
        try await replica.store.acknowledge(store, openingHistory: [first], nextNumber: 1, building: building)
        _ = try await replica.store.store(readings(1..<101, of: store), building: building, incarnation: first)
        try await replica.store.acknowledge(
            store, openingHistory: [first, second], nextNumber: 101, building: building)
        // A copy from the time of the first opening.
        await forked {
            try await replica.store.acknowledge(
                store, openingHistory: [first, copy], nextNumber: 101, building: building)
        }
        // A backup of the second opening, from when fewer numbers had been given.
        await forked {
            try await replica.store.acknowledge(
                store, openingHistory: [second, copy], nextNumber: 100, building: building)
        }
        for opening in [first, copy] {
            await forked {
                _ = try await replica.store.store(
                    readings(101..<111, of: store), building: building, incarnation: opening)
            }
            await forked {
                try await replica.store.note(report(900), of: store, incarnation: opening, building: building)
            }
            await forked {
                try await replica.store.declareLost(
                    [.init(numbers: 101..<103, reason: .operator)], of: store, incarnation: opening, building: building)
            }
        }
        // Numbers that were reported or declared lost were given as well.
        try await replica.store.note(
            report(150, waiting: [101..<151]), of: store, incarnation: second, building: building)
        await forked {
            try await replica.store.acknowledge(
                store, openingHistory: [second, copy], nextNumber: 150, building: building)
        }
        let account = try await account(replica, building)
        #expect(account.stored == 100)
        #expect(account.balances)
    }

    @Test func `lets the successor of a damaged store declare what was lost, and nobody else`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("damaged")
        let elsewhere = try await replica.building("elsewhere")
        let (damaged, successor, stranger) = (StoreID(), StoreID(), StoreID())
        let openings = [UUID(), UUID(), UUID()]
        for (store, opening) in [(damaged, openings[0]), (successor, openings[1])] {
            try await replica.store.acknowledge(store, openingHistory: [opening], nextNumber: 1, building: building)
        }
        try await replica.store.acknowledge(stranger, openingHistory: [openings[2]], nextNumber: 1, building: elsewhere)
        try await replica.store.note(
            report(50, waiting: [1..<51]), of: damaged, incarnation: openings[0], building: building)
        let loss = [DeclaredLoss(numbers: 1..<51, reason: .corrupt)]
        await #expect(throws: StoreError.self) {
            try await replica.store.declareLost(loss, of: damaged, incarnation: openings[2], building: building)
        }
        await #expect(throws: StoreError.self) {
            try await replica.store.declareLost(loss, of: damaged, incarnation: openings[2], building: elsewhere)
        }
        try await replica.store.declareLost(loss, of: damaged, incarnation: openings[1], building: building)
        let accounts = try await replica.store.audit(building: building.slug)
        #expect(accounts.first { $0.store == damaged }?.lost == ["corrupt": 50])
        #expect(accounts.allSatisfy { $0.balances })
    }

    @Test func `ends a loss whose end nobody knows with the numbers that were heard of`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("unknown-end")
        let (damaged, successor, silent) = (StoreID(), StoreID(), StoreID())
        let openings = [UUID(), UUID()]
        for (store, opening) in zip([damaged, successor], openings) {
            try await replica.store.acknowledge(store, openingHistory: [opening], nextNumber: 1, building: building)
        }
        try await replica.store.note(
            report(50, waiting: [1..<51]), of: damaged, incarnation: openings[0], building: building)
        // The file beside the damaged one knew of 30 numbers, the one of a store that never sent of 12.
        for (store, known) in [(damaged, Int64(30)), (silent, 12)] {
            let losses = [
                DeclaredLoss(numbers: 1..<known + 1, reason: .corrupt),
                DeclaredLoss(numbers: known + 1..<Int64.max, reason: .corrupt),
            ]
            for _ in 0..<2 {
                try await replica.store.declareLost(losses, of: store, incarnation: openings[1], building: building)
            }
        }
        let accounts = try await replica.store.audit(building: building.slug)
        #expect(accounts.first { $0.store == damaged }?.lost == ["corrupt": 50])
        #expect(accounts.first { $0.store == damaged }?.waiting == 0)
        #expect(accounts.first { $0.store == silent }?.lost == ["corrupt": 12])
        #expect(accounts.first { $0.store == silent }?.numbered == 12)
        #expect(accounts.allSatisfy { $0.balances })
    }
}
