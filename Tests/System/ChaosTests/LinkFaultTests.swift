import Foundation
import Rig
import Testing

extension Chaos {
    /// Faults of the link between gateway and central service that nobody is told of. On a plant of its own, because
    /// noticing them takes its time.
    @Suite(.enabled(if: Effort.mayStartDatabase, Effort.missing), .serialized, .timeLimit(.minutes(60)), .plant)
    struct LinkFaultTests: FaultTesting {
        let plant: Plant

        init() throws { plant = try #require(PlantTrait.current) }
    }
}

extension Chaos.LinkFaultTests {
    /// The connections that are open stay open and silent, as behind a router that forgot them; a new one would work. The
    /// request or only its answer is swallowed. Noticed means: what was on its way is there.
    @Test(arguments: [[TCPProxy.Direction.toServer, .toClient], [.toClient]])
    func `a half-open link is noticed within 30 s and nothing is lost or doubled`(
        swallowed: [TCPProxy.Direction]
    ) async throws {
        let fault = swallowed.count == 1 ? "answers swallowed" : "half-open link"
        var slowest = 0.0
        try await strike(fault, rate: 300) { strike in
            plant.uplink.swallow(Set(swallowed), newConnectionsToo: false)
            let start = ContinuousClock.now
            // What is sent next goes over a connection that was open.
            try await pause(2)
            let sent = strike.publisher.acknowledged
            try await eventually("what was sent arrives by another connection", within: .seconds(30)) {
                try await sent.isSubset(of: plant.stored(room: strike.room).keys)
            }
            slowest = max(slowest, (ContinuousClock.now - start) / .seconds(1))
            strike.note = "all there after \((slowest * 10).rounded() / 10) s;"
            try await noteReturn(&strike)
        }
        #expect(slowest <= 30)
    }

    @Test func `nothing is lost or doubled behind a black hole`() async throws {
        try await strike("black hole", rate: 300) { strike in
            plant.uplink.swallow([.toServer, .toClient], newConnectionsToo: true)
            try await pause(3)
            plant.uplink.passOn()
            plant.uplink.cut()
            try await noteReturn(&strike)
        }
    }
}
