import DatabaseRig
import Foundation
import GRDB
import Rig
import Testing

extension Chaos {
    /// Sensors whose value never changes and that give no time, one or several in a fixed order: by what they say, nobody can
    /// tell a message that comes again from a new one. The broker saves only when it is told to, so that it comes back as
    /// it was some time ago.
    @Suite(.enabled(if: Effort.mayStartDatabase, Effort.missing), .serialized, .timeLimit(.minutes(60)), .plant)
    struct ConstantSensorTests: FaultTesting {
        let plant: Plant

        init() throws { plant = try #require(PlantTrait.current) }
    }
}

extension Chaos.ConstantSensorTests {
    /// The broker is killed once all is quiet, so that it forgets nothing that the gateway did not get; what it had saved
    /// before, amid the traffic, is out of date then. Sometimes it is killed a second time before anything new comes.
    @Test(arguments: [1, 5])
    func `stores every reading of a broker that comes back as it was some time ago`(_ sensors: Int) async throws {
        var dice = Effort.dice("restored \(sensors)")
        let counting = Counting("broker restored from an old file", sensors)
        var acknowledged = 0
        var second = 0
        for _ in 0..<Effort.rounds {
            let publisher = counting.publisher(plant)
            try await pause(.random(in: 0.2...1, using: &dice))
            plant.broker.process.userSignal()
            try await pause(.random(in: 0...1, using: &dice))
            acknowledged += try await publisher.finish().acknowledged.count
            try await waitForQuiet(counting, acknowledged)
            // What was acknowledged a moment ago may be taken for what comes again, what was some seconds ago may not.
            try await pause(Double(dice.number(0...4)))
            try await restart()
            if dice.chance(30) {
                second += 1
                try await pause(.random(in: 0...0.6, using: &dice))
                try await restart()
            }
            let after = counting.publisher(plant)
            try await pause(.random(in: 0.2...1, using: &dice))
            acknowledged += try await after.finish().acknowledged.count
            try await waitForQuiet(counting, acknowledged)
        }
        try await judge(counting, acknowledged, note: "killed again at once: \(second);")
    }

    private func restart() async throws {
        plant.broker.process.kill()
        _ = await plant.broker.process.exitStatus()
        try await plant.startBroker()
    }

    /// The broker lives on, so that each reading that it acknowledged is to be there exactly once.
    @Test(arguments: [1, 5])
    func `neither loses nor doubles them when the gateway is killed`(_ sensors: Int) async throws {
        var dice = Effort.dice("killed \(sensors)")
        let counting = Counting("kill -9 gateway", sensors)
        let publisher = counting.publisher(plant)
        for _ in 0..<Effort.rounds {
            try await pause(.random(in: 0.5...1, using: &dice))
            plant.edge.kill()
            _ = await plant.edge.exitStatus()
            try await plant.startEdge()
            // Again amid what comes again.
            try await pause(.random(in: 0...0.05, using: &dice))
            plant.edge.kill()
            _ = await plant.edge.exitStatus()
            try await plant.startEdge()
        }
        try await pause(0.5)
        let acknowledged = try await publisher.finish().acknowledged.count
        try await waitForQuiet(counting, acknowledged)
        let doubled = try await judge(counting, acknowledged, note: "")
        #expect(doubled == 0)
    }

    // MARK: Counting

    /// What can't be told apart can still be counted.
    private struct Counting {
        var fault: String
        var sensors: Int
        var room: String

        init(_ fault: String, _ sensors: Int) {
            self.fault = fault + (sensors == 1 ? ", a constant sensor" : ", \(sensors) constant sensors in order")
            self.sensors = sensors
            room = "constant-" + fault.split { !$0.isLetter }.joined(separator: "-") + "-\(sensors)"
        }

        var topic: String { "/readings/\(room)/energy_kwh" }

        func publisher(_ plant: Plant) -> Publisher {
            Publisher(port: plant.broker.port, room: room, rate: 500, constantSensors: sensors)
        }
    }

    /// Waits until the gateway has got, stored and answered all.
    private func waitForQuiet(_ counting: Counting, _ acknowledged: Int) async throws {
        var last = (-1, ContinuousClock.now)
        try await eventually("all are stored", within: .seconds(60), detail: plant.edge.output) {
            let counts = plant.acknowledgements.counts(topic: counting.topic)
            if counts.acknowledged != last.0 { last = (counts.acknowledged, .now) }
            return counts.acknowledged >= acknowledged && ContinuousClock.now - last.1 > .milliseconds(400)
        }
    }

    /// Waits until the central service has all, and counts.
    ///
    /// - Returns: how many are stored that are not there.
    @discardableResult
    private func judge(_ counting: Counting, _ acknowledged: Int, note: String) async throws -> Int {
        func stored() async throws -> Int {
            Int(
                try await plant.ask("SELECT count(*) FROM raw_data WHERE device_id ~ '^grand/\(counting.room)/s[0-9]$'")
            )
                ?? 0
        }
        var last = (-1, ContinuousClock.now)
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end, ContinuousClock.now - last.1 < .seconds(3) {
            let count = try await stored()
            if count != last.0 { last = (count, .now) }
            try await pause(0.2)
        }
        let count = last.0
        let leftOut = try leftOut() - Self.leftOutBefore.value
        Self.leftOutBefore.value += leftOut
        let delivered = plant.acknowledgements.counts(topic: counting.topic).delivered
        let doubled = max(0, count - acknowledged)
        ChaosTable.all.add(
            Outcome(
                fault: counting.fault, tried: Effort.rounds, sent: acknowledged, stored: min(count, acknowledged),
                doubled: doubled,
                note: "\(note) delivered \(delivered), \(delivered - acknowledged) of them again: left out \(leftOut)"))
        #expect(acknowledged > 0)
        #expect(count >= acknowledged, "\(counting.fault): \(acknowledged - count) lost")
        #expect(count + leftOut <= delivered, "\(counting.fault): what was delivered is stored or counted as left out")
        #expect(doubled <= delivered - acknowledged - leftOut, "\(counting.fault): doubled as counted")
        return doubled
    }

    /// How many messages the gateway has left out, as its store counts them.
    private func leftOut() throws -> Int {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        let database = try DatabaseQueue(path: plant.store, configuration: configuration)
        return try database.read { try Int.fetchOne($0, sql: "SELECT redelivered FROM tally") } ?? 0
    }

    /// The suite's plant has one store for all of its tests.
    private static let leftOutBefore = Box()
    private final class Box: @unchecked Sendable {
        // The suite is serialized.
        var value = 0
    }
}
