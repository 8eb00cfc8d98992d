import Foundation
import Rig
import Testing

extension Chaos.GatewayFaultTests {
    /// The gateway is killed while it has no uplink, its file is damaged, and it is started again.
    @Test(arguments: StoreDamage.allCases)
    func `a damaged buffer is declared and nothing else is lost`(_ damage: StoreDamage) async throws {
        var dice = Effort.dice(damage.name)
        var told: [String] = []
        var setAside = 0
        let store = plant.folder.file("damage-\(damage).sqlite")
        await plant.edge.terminate()
        try await plant.startEdge(.init(store: store))
        try await strike(damage.name, rate: 500, rounds: Effort.isLong ? Effort.rounds : 2, mayDeclareLosses: true) {
            strike in
            plant.uplink.swallow([.toServer, .toClient], newConnectionsToo: true)
            try await pause(.random(in: 0.5...2.5, using: &dice))
            // An orderly end leaves no log.
            if damage != .bitFlippedInLog, Bool.random(using: &dice) {
                await plant.edge.terminate()
            } else {
                plant.edge.kill()
                _ = await plant.edge.exitStatus()
            }
            told.append(try damage.strike(store, &dice))
            plant.uplink.passOn()
            plant.uplink.cut()
            try await plant.startEdge(.init(store: store))
            if plant.edge.output.contains("damaged") { setAside += 1 }
            try await noteReturn(&strike)
            strike.note = "noticed: \(setAside);"
        }
        try await expectValvesFollow()
        print("\(damage.name): \(told)")
        await plant.edge.terminate()
        try await plant.startEdge()
    }

    /// The file is damaged under the gateway that has it open, while it has no uplink. Nobody starts it anew.
    @Test(arguments: DamageInUse.allCases)
    func `a buffer that is damaged in use is followed by a new one without a restart`(
        _ damage: DamageInUse
    ) async throws {
        var dice = Effort.dice(damage.name)
        var told: [String] = []
        let store = plant.folder.file("in-use-\(damage).sqlite")
        await plant.edge.terminate()
        try await plant.startEdge(.init(store: store))
        let edge = plant.edge
        try await strike(damage.name, rate: 500, rounds: Effort.isLong ? Effort.rounds : 2, mayDeclareLosses: true) {
            strike in
            plant.uplink.swallow([.toServer, .toClient], newConnectionsToo: true)
            try await pause(.random(in: 0.5...2.5, using: &dice))
            told.append(try damage.strike(store, &dice))
            plant.uplink.passOn()
            plant.uplink.cut()
            try await noteReturn(&strike)
            strike.note = "noticed: \(edge.output.matches(of: /found damaged while in use/).count);"
        }
        #expect(edge.isRunning)
        try await expectValvesFollow()
        print("\(damage.name): \(told)")
        await plant.edge.terminate()
        try await plant.startEdge()
    }
}
