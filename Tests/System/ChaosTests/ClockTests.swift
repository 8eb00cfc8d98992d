import Foundation
import Rig
import Testing

extension Chaos {
    /// Faults of the gateway's own machine: its clock, its disk, and a long time on its own.
    @Suite(.enabled(if: Effort.mayStartDatabase, Effort.missing), .serialized, .timeLimit(.minutes(60)), .plant)
    struct GatewayFaultTests: FaultTesting {
        let plant: Plant

        init() throws { plant = try #require(PlantTrait.current) }
    }
}

extension Chaos.GatewayFaultTests {
    private static let toTheYear1970 = -Int(Date().timeIntervalSince1970) + 10

    @Test(arguments: [("back 1 h", -3600), ("on 1 h", 3600), ("to 1970", Self.toTheYear1970)])
    func `nothing is lost or doubled and valves go on when the clock jumps`(
        _ jump: String, _ seconds: Int
    ) async throws {
        let clock = try await SettableClock()
        await plant.edge.terminate()
        try await plant.startEdge(.init(environment: clock.environment))
        try await strike("clock \(jump), then right", rate: 300) { strike in
            try clock.set(offset: seconds)
            try await pause(0.5)
            try await expectValvesFollow()
            try clock.set(offset: 0)
            try await expectValvesFollow()
            try await noteReturn(&strike)
        }
        await plant.edge.terminate()
        try await plant.startEdge()
    }

    /// As without a clock battery: it boots in 1970, readings come, and then the clock is set.
    @Test func `readings from before the clock was set stand at the right time`() async throws {
        let clock = try await SettableClock()
        await plant.edge.terminate()
        var began: [Int] = []
        try await strike("booted in 1970", rate: 300) { strike in
            await plant.edge.terminate()
            try clock.set(offset: Self.toTheYear1970)
            try await plant.startEdge(.init(environment: clock.environment))
            began.append(Int(Date().timeIntervalSince1970))
            try await pause(3)
            try clock.set(offset: 0)
            try await noteReturn(&strike)
            strike.note = "all at the right time"
        }
        let oldest = try await plant.ask(
            """
            SELECT min(timestamp) FROM raw_data WHERE device_id ~ '^grand/chaos-booted-in-1970/s[0-9]$'
            """)
        // Those that the broker kept while the gateway was away are as old as their receipt.
        #expect((Int(oldest) ?? 0) >= (began.first ?? .max) - 10, "the oldest reading stands at \(oldest)")
        await plant.edge.terminate()
        try await plant.startEdge()
    }
}
