import Foundation
import Rig
import Testing

extension Chaos {
    /// The gateway in a network of its own, behind a router that swallows what it is told to: to its neighbours and to
    /// TCP there is nothing to see but silence.
    @Suite(
        .enabled(if: Effort.mayStartDatabase, Effort.missing),
        .enabled(
            "Network namespaces need root with CAP_NET_ADMIN, and iproute2: `ip netns add` or forwarding is refused here"
        ) { await Networks.areAllowed }, .serialized, .timeLimit(.minutes(60)), .plant)
    struct NetworkTests: FaultTesting {
        let plant: Plant

        init() throws { plant = try #require(PlantTrait.current) }
    }
}

extension Chaos.NetworkTests {
    @Test(arguments: Networks.Place.allCases)
    func `nothing is lost or doubled behind a router that swallows everything`(_ place: Networks.Place) async throws {
        try await inNetworks("netns: \(place) blackholed") { networks, strike in
            try await networks.swallow([.toServer, .toClient], place)
            try await pause(Effort.isLong ? .random(in: 2...12) : 4)
            try await networks.heal([.toServer, .toClient], place)
        }
    }

    /// Only what comes back is swallowed, once the connection stands, and new connections fare alike.
    @Test(arguments: Networks.Place.allCases)
    func `a link of which one direction is dead is noticed within 30 s`(_ place: Networks.Place) async throws {
        let complaint = place == .central ? "the uplink is failing" : "intake has lost the connection to the broker"
        var slowest = 0.0
        try await inNetworks("netns: \(place) half-open") { networks, strike in
            let before = plant.edge.output.ranges(of: complaint).count
            let start = ContinuousClock.now
            try await networks.swallow([.toClient], place)
            try await eventually("“\(complaint)”", within: .seconds(45), detail: plant.edge.output) {
                plant.edge.output.ranges(of: complaint).count > before
            }
            slowest = max(slowest, (ContinuousClock.now - start) / .seconds(1))
            strike.note = "noticed within \((slowest * 10).rounded() / 10) s;"
            try await networks.heal([.toClient], place)
        }
        #expect(slowest <= 30)
    }

    /// A strike with the gateway in its own network; afterwards it is where it was.
    private func inNetworks(
        _ fault: String, _ blow: (Networks, inout Strike) async throws -> Void
    ) async throws {
        let networks = try await Networks()
        let result: Result<Void, any Error>
        do {
            await plant.edge.terminate()
            await plant.central.terminate()
            await plant.broker.process.terminate()
            try await plant.startBroker(host: networks.host(.broker))
            try await plant.startCentral(host: networks.host(.central))
            try await plant.startEdge(
                .init(
                    launcher: networks.launcher, brokerHost: networks.host(.broker),
                    centralHost: networks.host(.central)))
            try await strike(fault, rate: 300) { strike in
                try await noteReturn(&strike)
                strike.newestAfter = nil
                try await blow(networks, &strike)
                try await noteReturn(&strike)
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await plant.edge.terminate()
        await networks.remove()
        try result.get()
    }
}
