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
    /// The connection that is open stays open and silent, as behind a router that forgot it; a new one would work. The
    /// request or only its answer is swallowed.
    @Test(arguments: [[TCPProxy.Direction.toServer, .toClient], [.toClient]])
    func `a half-open link is noticed within 30 s and nothing is lost or doubled`(
        swallowed: [TCPProxy.Direction]
    ) async throws {
        let fault = swallowed.count == 1 ? "answers swallowed" : "half-open link"
        try await strike(fault, rate: 300) { strike in
            plant.uplink.swallow(Set(swallowed), newConnectionsToo: false)
            let before = plant.uplink.connections
            try await eventually("the gateway opens another connection", within: .seconds(30)) {
                plant.uplink.connections > before
            }
            try await noteReturn(&strike)
        }
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
