import Foundation
import Rig
import Testing

/// What the tests of faults share.
protocol FaultTesting {
    var plant: Plant { get }
}

/// One fault that strikes, as its test sees it.
struct Strike {
    let publisher: Publisher
    let room: String
    /// The longest time that `noteReturn` saw.
    var newestAfter: Double?
    var note = ""
}

extension FaultTesting {
    func pause(_ seconds: Double) async throws { try await Task.sleep(for: .seconds(seconds)) }

    /// Lets a fault strike under load, as often as the run is to try it, then counts.
    ///
    /// - Parameters:
    ///   - rate: readings a second.
    ///   - mayDeclareLosses: whether the fault is one of the buffer itself.
    ///   - blow: the fault from its beginning to its end.
    func strike(
        _ fault: String, rate: Double = 1000, rounds: Int = Effort.rounds, mayDeclareLosses: Bool = false,
        _ blow: (inout Strike) async throws -> Void
    ) async throws {
        // A room's name has only letters, digits and dashes.
        let room = "chaos-" + fault.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
        let lostBefore = mayDeclareLosses ? try await plant.audit().lost : 0
        // A subscriber that does nothing: what it misses as well, no gateway could have had.
        let control = try plant.broker.keptSubscriber("/readings/\(room)/energy_kwh")
        try await pause(0.2)
        var strike = Strike(publisher: Publisher(port: plant.broker.port, room: room, rate: rate), room: room)
        var failure: (any Error)?
        do {
            for _ in 0..<rounds {
                // At any moment between two batches.
                try await pause(.random(in: 0.5...1))
                try await blow(&strike)
            }
            try await pause(0.5)
        } catch {
            failure = error
        }
        let sent = try await strike.publisher.finish()
        if let failure { throw failure }
        var missing = try await missing(of: sent, topic: strike.publisher.topic, room: room, patience: 60)
        await control.terminate()
        let seen = Set(control.output.split(separator: "\n").compactMap { Int($0) })
        let forgotten = missing.absent.intersection(sent.late).subtracting(missing.acknowledged)
        missing.absent.subtract(forgotten)
        let declared =
            mayDeclareLosses ? min(missing.absent.count, try await plant.audit().lost - lostBefore) : 0
        var outcome = Outcome(
            fault: fault, tried: rounds, sent: sent.acknowledged.count,
            stored: sent.acknowledged.count - missing.absent.count - forgotten.count,
            doubled: missing.counts.values.reduce(0) { $0 + $1 - 1 }, declared: declared, forgotten: forgotten.count,
            uncertain: sent.uncertain.count, newestAfter: strike.newestAfter, note: strike.note)
        if !forgotten.isEmpty {
            outcome.note += " \(forgotten.subtracting(seen).count) of the forgotten missed by a bare subscriber too"
        }
        let unmarked = plant.acknowledgements.unmarked(topic: strike.publisher.topic)
        if !unmarked.isEmpty { outcome.note += " \(unmarked.count) delivered again without DUP" }
        ChaosTable.all.add(outcome)
        #expect(outcome.sent > 0)
        #expect(outcome.lost == 0, "\(fault): \(missing.absent.sorted().prefix(20))")
        // What the broker sends as if for the first time is stored: a doubled reading does less harm than a lost one.
        let doubled = missing.counts.filter { $0.value > 1 }
        #expect(Set(doubled.keys).isSubset(of: unmarked), "\(fault): \(doubled.keys.sorted().prefix(20))")
        let foreign = try await plant.foreign(room: room, sent: sent.acknowledged.union(sent.uncertain))
        #expect(foreign.isEmpty, "\(fault): stored, and never said: \(foreign.prefix(20))")
    }

    /// Waits until everything is there, or what is there stays as it is for longer than a batch may be on its way over a
    /// dead link.
    private func missing(
        of sent: Publisher.Sent, topic: String, room: String, patience: Double
    ) async throws -> (absent: Set<Int>, acknowledged: Set<Int>, counts: [Int: Int]) {
        var counts: [Int: Int] = [:]
        let end = ContinuousClock.now + .seconds(patience)
        var changed = ContinuousClock.now
        while ContinuousClock.now < end, ContinuousClock.now - changed < .seconds(35) {
            let before = counts.count
            counts = try await plant.stored(room: room)
            if counts.count != before { changed = .now }
            if sent.acknowledged.allSatisfy({ counts[$0] != nil }) { break }
            try await pause(0.3)
        }
        // What came twice may still be on its way.
        try await pause(1)
        counts = try await plant.stored(room: room)
        return (
            sent.acknowledged.filter { counts[$0] == nil }, plant.acknowledgements.acknowledged(topic: topic), counts
        )
    }

    /// Call it when a fault is over: waits until a reading is there that is newer than this moment.
    func noteReturn(_ strike: inout Strike, within limit: Duration = .seconds(30)) async throws {
        let start = ContinuousClock.now
        let newest = strike.publisher.newest
        try await eventually("the newest readings are there", within: limit, detail: plant.edge.output) {
            try await plant.newest(room: strike.room) > newest
        }
        strike.newestAfter = max(strike.newestAfter ?? 0, (ContinuousClock.now - start) / .seconds(1))
    }

    /// Cold, then warm: the valve follows, whatever the fault.
    func expectValvesFollow() async throws {
        let valves = try plant.broker.subscriber("/actuators/room-101")
        for (celsius, isHeating) in [(19.0, true), (25.0, false)] {
            for sensor in 1...5 {
                try await plant.broker.publish(
                    "/readings/room-101/temperature",
                    #"{"sensorID":"sensor-\#(sensor)","type":"temperature","value":\#(celsius)}"#)
            }
            try await eventually("the valve follows \(celsius) °C", detail: plant.edge.output) {
                valves.output.split(separator: "\n").last.map { !$0.hasSuffix("{\"level\":0}") } == isHeating
            }
        }
    }
}
