import DatabaseRig
import Rig
import Testing

extension Chaos.FaultTests {
    /// One part after the other, sometimes a second one before the first is back.
    @Test func `nothing is lost or doubled when any part is killed at any moment`() async throws {
        var dice = Effort.dice("mixed kills")
        var killed: [Part: Int] = [:]
        var turn: [Part] = []
        try await strike("kill -9 mixed", rate: 500, rounds: Effort.mixedKills) { strike in
            // Each in its turn, in an order that the dice decide anew.
            if turn.isEmpty { turn = Part.allCases.shuffled(using: &dice) }
            var parts: Set<Part> = [turn.removeLast()]
            if Int.random(in: 0..<4, using: &dice) == 0 { parts.insert(Part.allCases.randomElement(using: &dice)!) }
            // The order of a set is not the dice's.
            for part in Part.allCases where parts.contains(part) {
                try kill(part)
                killed[part, default: 0] += 1
                try await pause(.random(in: 0...0.2, using: &dice))
            }
            try await pause(.random(in: 0...0.5, using: &dice))
            // A gateway is started only where a broker takes it.
            for part in [Part.database, .broker, .central, .edge] where parts.contains(part) { try await start(part) }
            let counts = Part.allCases.map { "\($0) \(killed[$0] ?? 0)" }
            strike.note = "killed: " + counts.joined(separator: ", ") + ";"
        }
    }

    private enum Part: CaseIterable { case edge, central, broker, database }

    private func kill(_ part: Part) throws {
        switch part {
        case .edge: plant.edge.kill()
        case .central: plant.central.kill()
        case .broker: plant.broker.process.kill()
        case .database: try plant.database.kill()
        }
    }

    private func start(_ part: Part) async throws {
        switch part {
        case .edge: try await plant.startEdge()
        case .central: try await plant.startCentral()
        case .broker: try await plant.startBroker()
        case .database: try await plant.database.start()
        }
    }
}
