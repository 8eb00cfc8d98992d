import Foundation
import Rig
import Testing

/// What the tests of faults share.
protocol FaultTesting {
    var plant: Plant { get }
    var table: ChaosTable { get }
}

extension FaultTesting {
    func pause(_ seconds: Double) async throws { try await Task.sleep(for: .seconds(seconds)) }

    /// Lets a fault strike under load, as often as the run is to try it, then counts.
    ///
    /// - Parameters:
    ///   - rate: readings a second.
    ///   - blow: the fault from its beginning to its end.
    func strike(_ fault: String, rate: Double = 1000, _ blow: () async throws -> Void) async throws {
        let room = "chaos-" + fault.lowercased().replacing(" ", with: "-")
        let publisher = Publisher(port: plant.broker.port, room: room, rate: rate)
        var failure: (any Error)?
        do {
            for _ in 0..<Effort.rounds {
                // At any moment between two batches.
                try await pause(.random(in: 0.5...1))
                try await blow()
            }
            try await pause(0.5)
        } catch {
            failure = error
        }
        let sent = try await publisher.finish()
        if let failure { throw failure }
        var counts: [Int: Int] = [:]
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            counts = try await plant.stored(room: room)
            if sent.acknowledged.allSatisfy({ counts[$0] != nil }) { break }
            try await pause(0.2)
        }
        // What came twice may still be on its way.
        try await pause(1)
        counts = try await plant.stored(room: room)
        let outcome = Outcome(fault: fault, tried: Effort.rounds, sent: sent, stored: counts)
        table.add(outcome)
        #expect(outcome.sent > 0)
        #expect(outcome.lost == 0, "\(fault): \(sent.acknowledged.filter { counts[$0] == nil }.sorted().prefix(20))")
        #expect(outcome.doubled == 0, "\(fault): \(counts.filter { $0.value > 1 }.keys.sorted().prefix(20))")
    }
}
