import Building
import DatabaseRig
import Foundation
import MeterLoader
import Rig
import Storage
import Testing

@Suite(.withDatabaseServer, .database) struct MeterLoaderTests {
    /// Runs the loaders until `condition` holds, then ends them.
    func run(_ loaders: [MeterLoader], until condition: @escaping @Sendable () async throws -> Bool) async throws {
        try await withThrowingTaskGroup { group in
            for loader in loaders { group.addTask { try await loader.run() } }
            try await eventually("loaded", within: .seconds(20)) { try await condition() }
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    @Test func `loads all there is, then only what is new`() async throws {
        let home = try await MeterStore("new")
        let source = try await FakeSource()
        let now = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 / 900).rounded(.down) * 900)
        var rows = FakeSource.quarters(700, from: now - 699 * 900, muid: "n1")
        source.set(rows)
        let loader = home.loader(source, ["n1"], period: .seconds(1))
        try await run([loader]) { loader.report.loadsSucceeded >= 1 }
        #expect(try await home.count(of: "n1") == 700)
        #expect(loader.report.readingsAdded == 700)
        #expect(loader.report.meters[0].newestReading?.secondsSince1970 == now.timeIntervalSince1970)
        source.forgetRequests()
        // What came late within the last day is found as well.
        rows.append(.init(time: now - 900 * 3 + 1, muid: "n1", code: "0100011D00FF", value: 0.5))
        rows.append(.init(time: now + 900, muid: "n1", code: "0100011D00FF", value: 0.25))
        source.set(rows)
        let again = home.loader(source, ["n1"], period: .seconds(1))
        try await run([again]) { again.report.loadsSucceeded >= 1 }
        #expect(again.report.readingsAdded == 2)
        #expect(try await home.count(of: "n1") == 702)
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        #expect(try source.requests.allSatisfy { try format.parse($0["start"]!) >= now - 86_400 - 1 })
    }

    @Test func `shares the meters among replicas, each loaded once a period`() async throws {
        let home = try await MeterStore("shared")
        let source = try await FakeSource()
        let muids = (0..<6).map { "s\($0)" }
        source.set(muids.flatMap { FakeSource.quarters(50, from: MeterClientTests.start, muid: $0) })
        source.behave { $0.delay = .milliseconds(50) }
        let replicas = (0..<3).map { _ in home.loader(source, muids) }
        try await run(replicas) { replicas.map(\.report.loadsSucceeded).reduce(0, +) == 6 }
        #expect(replicas.filter { $0.report.loadsSucceeded > 0 }.count > 1)
        #expect(replicas.map(\.report.readingsAdded).reduce(0, +) == 300)
        // Not due again for a quarter of an hour, for a replica that starts now neither.
        source.forgetRequests()
        let late = home.loader(source, muids, period: .seconds(900))
        try await Task.sleep(for: .milliseconds(200))
        try await run([late]) {
            try await Task.sleep(for: .milliseconds(300))
            return true
        }
        #expect(source.requests.isEmpty)
    }

    @Test func `tries again later where a load fails, and leaves no hole`() async throws {
        let home = try await MeterStore("hole")
        let source = try await FakeSource()
        source.set(FakeSource.quarters(12_000, from: MeterClientTests.start, muid: "h1"))
        // The newest page comes, the others do not.
        source.behave { $0.failsAfter = 1 }
        let loader = home.loader(source, ["h1"], period: .seconds(1))
        try await run([loader]) { loader.report.loadsFailed >= 1 }
        #expect(try await home.count(of: "h1") == 5000)
        #expect(loader.report.meters[0].failures >= 1)
        source.behave { $0.failsAfter = .max }
        try await run([loader]) { loader.report.loadsSucceeded >= 1 }
        #expect(try await home.count(of: "h1") == 12_000)
        #expect(loader.report.meters[0].failures == 0)
    }

    @Test func `gives a meter back at once when it is told to stop in the middle`() async throws {
        let home = try await MeterStore("stop")
        let source = try await FakeSource()
        source.set(FakeSource.quarters(10, from: MeterClientTests.start, muid: "p1"))
        source.behave { $0.delay = .seconds(30) }
        let first = home.loader(source, ["p1"])
        let began = ContinuousClock.now
        try await run([first]) { !source.requests.isEmpty }
        source.behave { $0.delay = .zero }
        let second = home.loader(source, ["p1"])
        try await run([second]) { second.report.loadsSucceeded == 1 }
        #expect(ContinuousClock.now - began < .seconds(15))
        #expect(first.report.loadsFailed == 0)
    }

    @Test func `corrects what its source corrects, but puts no estimate in place of a measured value`() async throws {
        let home = try await MeterStore("correct")
        let time = Timestamp(millisecondsSince1970: 1_675_209_600_000)
        func store(_ value: Double, _ quality: String) async throws -> MeterStoringOutcome {
            try await home.store.store(
                [MeterReading(time: time, register: .gridImport, kilowattHours: value, quality: quality)],
                ofMeter: "c1", building: home.building)
        }
        #expect(try await store(1, "estimated") == MeterStoringOutcome(added: 1))
        #expect(try await store(1, "estimated") == MeterStoringOutcome(unchanged: 1))
        #expect(try await store(2, "estimated") == MeterStoringOutcome(corrected: 1))
        #expect(try await store(3, "measured") == MeterStoringOutcome(corrected: 1))
        #expect(try await store(2, "estimated") == MeterStoringOutcome(unchanged: 1))
        #expect(try await store(3, "measured") == MeterStoringOutcome(unchanged: 1))
        #expect(try await store(4, "measured") == MeterStoringOutcome(corrected: 1))
        #expect(try await home.readings(of: "c1") == ["1-0:1.29.0 2023-02-01 00:00 4 measured"])
        let other = try await MeterStore("elsewhere")
        await #expect(throws: ForeignMeterError(muid: "c1", owner: "correct")) {
            try await home.store.store(
                [MeterReading(time: time, register: .gridImport, kilowattHours: 1, quality: "measured")],
                ofMeter: "c1", building: other.building)
        }
    }

    @Test func `loads the same readings at the same time as if they came once`() async throws {
        let home = try await MeterStore("twice")
        let readings = (0..<500).map { index in
            MeterReading(
                time: Timestamp(millisecondsSince1970: 1_675_209_600_000 + Int64(index / 2) * 900_000),
                register: index % 2 == 0 ? .gridImport : .gridExport, kilowattHours: 0.5, quality: "measured")
        }
        let outcomes = try await withThrowingTaskGroup(of: MeterStoringOutcome.self) { group in
            for _ in 0..<4 {
                group.addTask { try await home.store.store(readings, ofMeter: "t1", building: home.building) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.map(\.added).sorted() == [0, 0, 0, 500])
        #expect(try await home.count(of: "t1") == 500)
    }

    @Test func `makes new meters and new months at the same time without a deadlock`() async throws {
        let home = try await MeterStore("many")
        let added = try await withThrowingTaskGroup(of: Int.self) { group in
            for meter in 0..<24 {
                let reading = MeterReading(
                    time: Timestamp(millisecondsSince1970: 1_483_228_800_000 + Int64(meter) * 91 * 86_400_000),
                    register: .gridImport, kilowattHours: 0.5, quality: "measured")
                group.addTask {
                    try await home.store.store([reading], ofMeter: "d\(meter)", building: home.building).added
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(added == 24)
        #expect(try await home.deadlocks == 0)
    }
}
