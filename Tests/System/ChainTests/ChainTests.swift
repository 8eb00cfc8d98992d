import DatabaseRig
import Foundation
import MQTT
import Rig
import ServiceRig
import Testing

/// Sensors → broker → gateway → central service → TimescaleDB → REST, all of them real programs.
@Suite(.withDatabaseServer, .serialized, .timeLimit(.minutes(3)))
struct ChainTests {
    @Test func `brings readings of both forms from the broker to the database and to REST`() async throws {
        try await withChain { chain in
            let central = try await chain.startCentral()
            let edge = try await chain.startEdge()
            try await chain.broker.publish(
                "/readings/room-101/temperature", #"{"sensorID":"sensor-1","type":"temperature","value":25.3}"#)
            try await chain.broker.publish(
                "/readings/room-101/iaq",
                #"""
                {"device_id":"iaq_sensor_Room101","timestamp":1735257600,"datetime":"2024-12-27 00:00:00.00",
                "datapoints":{"temperature":24.5,"humidity":55.0,"co2":488.8}}
                """#, qualityOfService: 2)
            try await eventually("four readings are central", detail: edge.output + central.output) {
                try await chain.psql("SELECT count(*) FROM raw_data WHERE device_id NOT LIKE '%/climate'") == "4"
            }
            #expect(
                try await chain.psql(
                    """
                    SELECT timestamp, datetime = to_timestamp(1735257600), datapoint, value FROM raw_data
                    WHERE device_id = 'grand/room-101/iaq_sensor_Room101' ORDER BY datapoint
                    """) == "1735257600|t|co2|488.8\n1735257600|t|humidity|55\n1735257600|t|temperature|24.5")
            #expect(
                try await chain.psql(
                    "SELECT value FROM latest_reading WHERE device_id = 'grand/room-101/sensor-1'") == "25.3")

            let room = try await chain.psql("SELECT id FROM rooms WHERE slug = 'room-101'")
            let answer = try await chain.call("/rooms/\(room)/data/")
            #expect(answer.status == 200)
            #expect(answer.body.contains(#""temperature":24.5,"humidity":55,"co2":488.8"#), "\(answer.body)")
            #expect(answer.body.contains(#""device_id":"grand/room-101/sensor-1""#))
            #expect(await edge.terminate() == 0)
            #expect(await central.terminate() == 0)
        }
    }

    @Test func `tells what a sensor is worth with its newest reading`() async throws {
        try await withChain { chain in
            let central = try await chain.startCentral()
            let edge = try await chain.startEdge()
            func qualities() async throws -> [String] {
                let room = try await chain.psql("SELECT id FROM rooms WHERE slug = 'room-101'")
                let answer = try await chain.call("/rooms/\(room)/data/")
                return (1...5).map { sensor in
                    let name = #""device_id":"grand/room-101/sensor-\#(sensor)","datapoint":"temperature""#
                    guard let place = answer.body.range(of: name) else { return "?" }
                    let rest = answer.body[place.upperBound...].prefix { $0 != "}" }
                    return String(rest.split(separator: "\"").last ?? "?")
                }
            }
            try await chain.publishTemperature(20, room: "room-101")
            try await eventually("all are good", detail: edge.output + central.output) {
                try await qualities() == Array(repeating: "good", count: 5)
            }
            for (sensor, celsius) in [(4, 26.0), (5, 80)] {
                try await chain.broker.publish(
                    "/readings/room-101/temperature",
                    #"{"sensorID":"sensor-\#(sensor)","type":"temperature","value":\#(celsius)}"#)
            }
            try await eventually("one is outvoted, one is beyond any room", detail: edge.output + central.output) {
                try await qualities() == ["good", "good", "good", "degraded", "failed"]
            }
            try await eventually("all are good again", detail: edge.output + central.output) {
                // The first of them still come from sensors that are not believed.
                try await chain.publishTemperature(20, room: "room-101")
                return try await qualities() == Array(repeating: "good", count: 5)
            }
            #expect(await edge.terminate() == 0)
            #expect(await central.terminate() == 0)
        }
    }

    @Test func `opens the valve of a cold room within 15 s and shuts that of a warm one`() async throws {
        try await withChain { chain in
            let edge = try await chain.startEdge()
            let valves = try chain.broker.subscriber("/actuators/+")
            for room in ["room-101", "room-1"] {
                try await chain.publishTemperature(19, room: room)
                try await eventually("\(room) is heated", within: .seconds(15), detail: edge.output) {
                    Self.levels(valves, room: room).contains { $0 > 0 }
                }
                try await chain.publishTemperature(25, room: room)
                try await eventually("\(room) is not", within: .seconds(15), detail: edge.output) {
                    Self.levels(valves, room: room).last == 0
                }
            }
            #expect(await edge.terminate() == 0)
        }
    }

    @Test func `goes on after garbage of every kind`() async throws {
        try await withChain { chain in
            let edge = try await chain.startEdge()
            let topic = "/readings/room-101/temperature"
            for payload in ["", "hello", "[1]", #"{"sensorID":1}"#, #"{"sensorID":"s","value":{}}"#, "{\"a\":"] {
                try await chain.broker.publish(topic, payload)
            }
            for topic in ["/readings", "/readings/room-101", "/readings//x", "/readings/a/b/c/d"] {
                try await chain.broker.publish(topic, "{}")
            }
            try Data([0xFF, 0xFE, 0x00]).write(to: URL(fileURLWithPath: chain.folder.file("bad")))
            try Data(count: 10_000_000).write(to: URL(fileURLWithPath: chain.folder.file("large")))
            for file in ["bad", "large"] {
                let arguments = ["-p", "\(chain.broker.port)", "-q", "1", "-t", topic, "-f", chain.folder.file(file)]
                #expect(try await ManagedProcess.run("mosquitto_pub", arguments).status == 0)
            }
            try await chain.publishTemperature(19, room: "room-101")
            try await eventually("the good readings are stored", detail: edge.output) {
                try await Self.sqlite(
                    chain, "SELECT count(*) FROM reading JOIN series ON series.id = series WHERE device LIKE 'sensor-%'"
                ) == "5"
            }
            #expect(try await Self.sqlite(chain, "SELECT sum(count) FROM rejection") == "12")
            let shown = try await chain.edge.status("--rejected", "100")
            #expect(shown.output.split(separator: "\n").count == 12)
            #expect(shown.output.contains("not_json /readings/room-101/temperature hello"))
            #expect(shown.output.contains("(10000000 bytes)"))
            #expect(
                try await Self.sqlite(chain, "SELECT size, length(head) FROM dead_letter WHERE reason = 'too_large'")
                    == "10000000|512")
            #expect(await edge.terminate() == 0)
        }
    }

    @Test func `brings each reading exactly once past a central service that is killed and comes back`() async throws {
        try await withChain { chain in
            var central = try await chain.startCentral()
            let edge = try await chain.startEdge()
            let valves = try chain.broker.subscriber("/actuators/room-102")
            let count = 2_000
            let sender = try await Sender(port: chain.broker.port)
            for number in 0..<count {
                if number == count / 4 { central.kill() }
                if number == count / 2 { try await chain.publishTemperature(18, room: "room-102") }
                if number == count * 3 / 4 {
                    #expect(Self.levels(valves, room: "room-102").contains { $0 > 0 }, "no heat while central was away")
                    central = try await chain.startCentral()
                }
                sender.send(number)
                try await Task.sleep(for: .milliseconds(5))
            }
            try await sender.finish()
            try await eventually("all are central", within: .seconds(60), detail: edge.output) {
                try await chain.psql(Self.counting) == "\(count)|\(count)"
            }
            // What is sent again must not come twice: the gateway is killed as well, and starts with what it has.
            edge.kill()
            let again = try await chain.startEdge()
            try await eventually("the gateway has nothing left", detail: again.output) {
                try await Self.sqlite(
                    chain, "SELECT count(*) FROM reading JOIN series ON series.id = series WHERE device = 'counter'")
                    == "0"
            }
            #expect(try await chain.psql(Self.counting) == "\(count)|\(count)")
            #expect(await again.terminate() == 0)
            #expect(await central.terminate() == 0)
        }
    }

    @Test func `tells systemd that it is ready, how it is, and that it lives`() async throws {
        try await withChain { chain in
            let socket = chain.folder.file("notify")
            let listener = try ManagedProcess(
                "python3",
                [
                    "-u", "-c",
                    """
                    import socket
                    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind("\(socket)")
                    print("listening")
                    while True: print(s.recv(4096).decode())
                    """,
                ])
            try await listener.waitFor(output: "listening")
            let edge = try await chain.startEdge(environment: ["NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "2000000"])
            try await listener.waitFor(output: "READY=1")
            try await listener.waitFor(output: "STATUS=broker connected")
            try await listener.waitFor(output: "WATCHDOG=1")
            #expect(await edge.terminate() == 0)
            try await listener.waitFor(output: "STOPPING=1")
        }
    }

    @Test func `leaves the valves as they are when it ends, and says that it is offline`() async throws {
        try await withChain { chain in
            let edge = try await chain.startEdge()
            let valves = try chain.broker.subscriber("/actuators/room-101")
            try await chain.publishTemperature(19, room: "room-101")
            try await eventually("the room is heated") { Self.levels(valves, room: "room-101").contains { $0 > 0 } }
            let before = Self.levels(valves, room: "room-101").last
            #expect(await edge.terminate() == 0)
            #expect(Self.levels(valves, room: "room-101").last == before)
            let status = try chain.broker.subscriber("/gateways/grand/status")
            try await status.waitFor(output: #"{"state":"offline"}"#)
        }
    }

    @Test func `heats with what presence sensors and the thermometer outside say`() async throws {
        try await withChain { chain in
            let edge = try await chain.startEdge()
            let status = try chain.broker.subscriber("/gateways/grand/status")
            for room in ["room-101", "room-201"] { try await chain.publishTemperature(21, room: room) }
            try await chain.broker.publish(
                "/readings/room-101/life_being",
                #"{"device_id":"life-1","datapoints":{"presence_state":"occupied","sensitivity":100}}"#)
            try await chain.broker.publish(
                "/readings/room-201/presence_state",
                #"{"sensorID":"life-2","type":"presence_state","value":"unoccupied"}"#)
            try await chain.broker.publish(
                "/readings/building/outdoor_temperature",
                #"{"sensorID":"roof","type":"outdoor_temperature","value":-3.5}"#)
            for (room, isOccupied) in [("room-101", true), ("room-201", false)] {
                try await eventually("\(room) knows of both", detail: edge.output) {
                    let last = status.output.split(separator: "\n").last ?? ""
                    guard let place = last.range(of: #""\#(room)":{"#) else { return false }
                    let part = last[place.upperBound...].prefix { $0 != "{" }
                    return part.contains(#""occupied":\#(isOccupied),"outdoor":-3.5"#)
                }
            }
            #expect(await edge.terminate() == 0)
        }
    }

    @Test func `has the broker tell of a gateway that died`() async throws {
        try await withChain { chain in
            let edge = try await chain.startEdge()
            let status = try chain.broker.subscriber("/gateways/grand/status")
            try await status.waitFor(output: #""state":"online""#)
            edge.kill()
            try await status.waitFor(output: #"{"state":"offline"}"#)
        }
    }

    @Test func `takes set-points, and keeps them over a restart`() async throws {
        try await withChain { chain in
            let edge = try await chain.startEdge()
            let valves = try chain.broker.subscriber("/actuators/room-201")
            try await chain.publishTemperature(19, room: "room-201")
            try await eventually("the room is heated") { Self.levels(valves, room: "room-201").contains { $0 > 0 } }
            try await chain.broker.publish("/setpoints/room-201", #"{"celsius":80}"#)
            try await edge.waitFor(output: "a set-point was refused")
            try await chain.broker.publish("/setpoints/room-201", #"{"celsius":17}"#)
            try await eventually("it is not", detail: edge.output) { Self.levels(valves, room: "room-201").last == 0 }
            #expect(await edge.terminate() == 0)
            let again = try await chain.startEdge()
            try await chain.publishTemperature(19, room: "room-201")
            try await Task.sleep(for: .seconds(2))
            #expect(Self.levels(valves, room: "room-201").last == 0)
            #expect(await again.terminate() == 0)
        }
    }

    @Test func `exits 78 for a wrong configuration and 64 for wrong usage`() async throws {
        let wrong = try await EdgeProgram.command("run", settings: ["mqtt.port=99999"])
        #expect(wrong.status == 78)
        #expect(
            wrong.output.contains("--set mqtt.port: “99999” is not a whole number from 1 to 65535"), "\(wrong.output)")
        #expect(try await ManagedProcess.run(EdgeProgram.path, ["fly"]).status == 64)
        #expect(try await EdgeProgram.command("check").status == 0)
        for key in ["mqtt.passwordFile", "mqtt.tls.authorityFile"] {
            let missing = try await EdgeProgram.command("check", settings: ["mqtt.user=x", "\(key)=/nowhere"])
            #expect(missing.status == 78)
            #expect(missing.output.contains("/nowhere: \(key)"), "\(missing.output)")
        }
    }

    @Test func `checks that the buffer can be written where it is to be`() async throws {
        let folder = TemporaryFolder()
        func check(_ path: String) async throws -> (status: Int32, output: String) {
            try await EdgeProgram.command("check", settings: ["buffer.path=\(path)"])
        }
        let file = try folder.write("note.txt", "no folder")
        for (path, problem) in [
            (folder.path, "this is a folder; specify a file in it"),
            ("\(file)/outbox.sqlite", "\(file) is not a folder"),
        ] {
            let told = try await check(path)
            #expect(told.status == 78, "\(told.output)")
            #expect(told.output.contains("\(path): buffer.path: \(problem)"), "\(told.output)")
        }
        // A missing folder is made when the gateway starts; nothing is made by asking.
        let missing = try await check(folder.file("new/deep/outbox.sqlite"))
        #expect(missing.status == 0 && missing.output.contains("the buffer's folder \(folder.file("new/deep"));"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("new")))
        #expect(try await check(folder.file("outbox.sqlite")).status == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.file("outbox.sqlite")))
    }

    @Test func `leaves a buffer to the gateway that has it`() async throws {
        try await withChain { chain in
            let first = try await chain.startEdge()
            let second = try await chain.edge.run("run")
            #expect(second.status == 1)
            #expect(second.output.contains("is in use by process"), "\(second.output)")
            #expect(await first.terminate() == 0)
            let third = try await chain.startEdge()
            #expect(await third.terminate() == 0)
        }
    }

    // MARK: What the tests share

    static let counting = """
        SELECT count(*), count(DISTINCT value) FROM raw_data WHERE device_id = 'grand/room-103/counter'
        """

    private func withChain(_ body: (Chain) async throws -> Void) async throws {
        try await TestDatabase.withOne { url in try await body(try await Chain.prepared(databaseURL: url)) }
    }

    static func levels(_ valves: ManagedProcess, room: String) -> [Int] {
        valves.output.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("/actuators/\(room) {\"level\":") else { return nil }
            return Int(line.drop { $0 != ":" }.dropFirst().dropLast())
        }
    }

    static func sqlite(_ chain: Chain, _ sql: String) async throws -> String {
        let result = try await ManagedProcess.run("sqlite3", ["-readonly", chain.store, sql])
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A sensor whose readings are told apart by their values.
    struct Sender {
        private let client: MQTTClient

        init(port: Int) async throws {
            let client = MQTTClient(settings: MQTTSettings(host: "127.0.0.1", port: port, clientID: "counter"))
            client.start()
            try await eventually("the sensor is connected") { client.isConnected }
            self.client = client
        }

        func send(_ number: Int) {
            let payload = #"{"sensorID":"counter","type":"energy_kwh","value":\#(number)}"#
            client.publish(MQTTMessage(topic: "/readings/room-103/energy_kwh", payload: Array(payload.utf8)))
        }

        func finish() async throws { await client.stop(within: .seconds(10)) }
    }
}
