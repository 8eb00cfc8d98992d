import DatabaseRig
import Foundation
import GRDB
import Rig
import ServiceRig
import Testing

extension Chaos {
    /// No PUBACK leaves the gateway before the commit of its reading, as a proxy between broker and gateway sees it.
    @Suite(.serialized, .timeLimit(.minutes(120)))
    struct AcknowledgementTests {}
}

extension Chaos.AcknowledgementTests {
    /// Several gateways at once, each with a broker of its own, live for a few milliseconds of traffic each time.
    @Test func `stores before it acknowledges, however often it is killed`() async throws {
        let gateways = Effort.kills > 100 ? 3 : 1
        let kills = (Effort.kills + gateways - 1) / gateways
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<gateways { group.addTask { try await killOften(kills) } }
            try await group.waitForAll()
        }
    }

    private func killOften(_ kills: Int) async throws {
        let bench = try await Bench()
        // The broker keeps for a gateway that is away what it has once subscribed to.
        let first = try await bench.startEdge()
        try await Task.sleep(for: .milliseconds(300))
        #expect(await first.terminate() == 0)
        let publisher = Publisher(port: bench.broker.port, room: "witness", rate: 500)
        var idle = 0
        for kill in 1...kills {
            let before = bench.witness.report.delivered
            let edge = try bench.launchEdge()
            let end = ContinuousClock.now + .seconds(5)
            while bench.witness.report.delivered == before, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(1))
            }
            if bench.witness.report.delivered == before { idle += 1 }
            try await Task.sleep(for: .milliseconds(.random(in: 0...50)))
            edge.kill()
            _ = await edge.exitStatus()
            if !bench.witness.report.broken.isEmpty {
                Issue.record("after \(kill) kills: \(bench.witness.report.broken.prefix(5))")
                break
            }
        }
        let sent = try await publisher.finish()
        let edge = try await bench.startEdge()
        try await eventually("all are stored", within: .seconds(60), detail: edge.output) {
            try bench.numbered() >= sent.acknowledged.count
        }
        #expect(await edge.terminate() == 0)
        let report = bench.witness.report
        let numbered = try bench.numbered()
        ChaosTable.all.add(
            Outcome(
                fault: "kill -9 gateway amid PUBACKs", tried: kills, sent: sent.acknowledged.count,
                stored: min(numbered, sent.acknowledged.count), doubled: max(0, numbered - sent.acknowledged.count),
                uncertain: sent.uncertain.count,
                note: """
                    \(report.delivered) deliveries, \(report.acknowledged) acknowledgements, \
                    \(report.broken.count) of them before the commit; \(idle) lives without a delivery
                    """))
        #expect(report.broken == [])
        #expect(report.acknowledged > 0)
        #expect(sent.uncertain == [])
        #expect(numbered == sent.acknowledged.count, "a reading was lost, or numbered twice")
    }

    /// What the test above would hardly catch: an acknowledgement a moment too early. Here no commit can succeed.
    @Test func `acknowledges nothing while nothing can be committed`() async throws {
        let bench = try await Bench()
        let edge = try await bench.startEdge()
        try await Task.sleep(for: .milliseconds(300))
        let publisher = Publisher(port: bench.broker.port, room: "witness", rate: 500)
        try await eventually("some are acknowledged") { bench.witness.report.acknowledged > 100 }
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(5)
        let lock = try DatabaseQueue(path: bench.store, configuration: configuration)
        try lock.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        // What was committed before may still be on its way out.
        try await Task.sleep(for: .milliseconds(200))
        let before = bench.witness.report
        try await Task.sleep(for: .seconds(2))
        let after = bench.witness.report
        try lock.inDatabase { try $0.execute(sql: "ROLLBACK") }
        #expect(after.delivered > before.delivered, "the broker goes on delivering")
        #expect(after.acknowledged == before.acknowledged)
        let sent = try await publisher.finish()
        try await eventually("all are stored", detail: edge.output) {
            try bench.numbered() == sent.acknowledged.count
        }
        #expect(bench.witness.report.broken == [])
        #expect(await edge.terminate() == 0)
    }

    /// A broker, a gateway without a central service, and the witness between them.
    final class Bench: Sendable {
        let broker: Broker
        let witness: AcknowledgementWitness
        var store: String { gateway.store }
        private let proxy: TCPProxy
        private let gateway: EdgeProgram

        init() async throws {
            let folder = TemporaryFolder()
            broker = try await Broker()
            let witness = AcknowledgementWitness(store: folder.file("outbox.sqlite"))
            self.witness = witness
            proxy = try TCPProxy(to: broker.port) { witness.observe($0, $1, $2) }
            // No listed room: the gateway adds no readings of its own.
            gateway = try EdgeProgram.hotel(
                broker: proxy.port, in: folder, rooms: [:], more: "control: { periodSeconds: 60 }")
        }

        func launchEdge() throws -> ManagedProcess { try gateway.launch() }

        func startEdge() async throws -> ManagedProcess { try await gateway.start(until: ["intake is connected"]) }

        /// How many readings the store has given a number.
        func numbered() throws -> Int {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(2)
            let database = try DatabaseQueue(path: store, configuration: configuration)
            return try database.read { try Int.fetchOne($0, sql: "SELECT next_number - 1 FROM tally") } ?? 0
        }
    }
}
