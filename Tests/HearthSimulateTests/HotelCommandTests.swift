import Foundation
import Rig
import Testing

@Suite struct `hearth-simulate hotel` {
    @Test func `exits 78 where the configuration can't be used`() async throws {
        try await withFolder { folder in
            try Data("building: 5\n".utf8).write(to: folder.appendingPathComponent("edge.yaml"))
            let wrong = try Command.run("hotel", "--config", "edge.yaml", in: folder)
            #expect(wrong.exitCode == 78)
            #expect(wrong.error.contains("edge.yaml"))
            let missing = try Command.run("hotel", "--config", "nowhere.yaml", in: folder)
            #expect(missing.exitCode == 78)
            #expect(missing.error.contains("nowhere.yaml"))
        }
    }

    @Test func `reports for all rooms, obeys the valves' commands, survives its broker, and ends on SIGTERM`()
        async throws
    {
        let broker = try await Broker()
        let hotel = try ManagedProcess(
            Command.executable.path, ["hotel", "--mqtt-port", "\(broker.port)", "--interval", "0.5"])
        let observer = Observer(port: broker.port)
        defer { observer.stop() }

        try await eventually("all 25 topics of the hotel") { observer.topics.count >= 6 * 4 + 1 }
        observer.publish("/actuators/room-203", #"{"level":3}"#)
        observer.publish("/actuators/room-202", "open wide!")
        try await eventually("the valve's report") {
            observer.latest("/readings/room-203/radiator_valve")?.contains(#"{"valve_level":3}"#) == true
        }
        broker.process.kill()
        try await hotel.waitFor(output: "no connection to the broker")
        observer.forget()
        let again = try await broker.restarted()
        try await eventually("reports after the broker is back") { observer.topics.count >= 6 * 4 + 1 }

        #expect(await hotel.terminate() == 0)
        #expect(hotel.output.contains("6 rooms"))
        #expect(hotel.output.contains("connected to the broker"))
        again.process.kill()
    }
}
