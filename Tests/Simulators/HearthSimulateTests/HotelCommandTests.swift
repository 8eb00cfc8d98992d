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

@Suite struct `hearth-simulate hotel --statistics` {

    @Test func `sets a simulated month beside recorded readings, for the hours that were recorded`() async throws {
        try await withFolder { folder in
            let power = "datetime,power_kw_power_meter_1\n2024-11-07 00:30:00,3.4\n2024-11-07 01:30:00,3.6\nlater,1\n"
            try Data(power.utf8).write(to: folder.appendingPathComponent("power.csv"))
            let command = try Command.run("hotel", "--statistics", "power.csv", in: folder)
            #expect(command.exitCode == 0)
            #expect(command.error == "power.csv:4, column 1 (datetime): “later”: not a valid time\n")
            let lines = command.output.split(separator: "\n")
            let first = try #require(lines.firstIndex { $0.hasPrefix("power_meter_1, kW") })
            let figures = lines[first + 1].split(separator: " ").dropFirst().compactMap { Double($0) }
            #expect(figures == [3.5, 0.1, 3.4, 3.6])
            // What was not recorded is not counted on the other side either.
            let shape = try #require(lines.lastIndex { $0.hasPrefix("power_meter_1, kW") })
            #expect(lines[shape].hasSuffix("–"))
            #expect(lines[shape + 1].split(separator: " ").prefix(3) == ["recorded", "3.40", "3.60"])
            // Nor is the first day, in which the rooms are warmed up from 20 °C.
            let warmth = try #require(lines.first { $0.hasPrefix("temperature, °C") })
            let least = try #require(warmth.split(separator: " ").compactMap { Double($0) }.dropFirst(2).first)
            #expect(least > 21, "\(warmth)")
            #expect(lines.contains { $0.hasPrefix("co2, ppm") })
            #expect(lines.contains { $0.hasPrefix("presence_state, %") })
        }
    }
}
