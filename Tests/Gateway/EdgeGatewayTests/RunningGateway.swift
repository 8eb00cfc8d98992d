import EdgeGateway
import Foundation
import MQTT
import Outbox
import Rig
import Synchronization

/// A real gateway of one room, without a central service, at a real broker.
final class RunningGateway: Sendable {
    let folder = TemporaryFolder()
    private let configuration: String

    init(port: Int, building: String = "grand", settings: String = "control: { periodSeconds: 1 }") throws {
        configuration = try folder.write(
            "edge.yaml",
            """
            building: { slug: \(building), name: Grand Hotel, kind: hotel, timeZone: Europe/Berlin }
            mqtt: { host: 127.0.0.1, port: \(port) }
            buffer: { path: \(folder.file("outbox.sqlite")) }
            \(settings)
            floors:
              - slug: "1"
                level: 1
                rooms:
                  - slug: room-101
                    name: Room 101
                    devices:
                      - { id: sensor-1, class: temperature_sensor }
                      - { id: sensor-2, class: temperature_sensor }
                      - { id: sensor-3, class: temperature_sensor }
            """)
    }

    var store: String { folder.file("outbox.sqlite") }

    func start() async throws -> ManagedProcess {
        let edge = try ManagedProcess(Executables.path("hearth-edge"), ["run", "--config", configuration])
        try await edge.waitFor(output: "intake is connected")
        try await edge.waitFor(output: "control is connected")
        return edge
    }

    /// What `hearth-edge status` says, and how it ends.
    func status() async throws -> (status: Int32, output: String) {
        try await ManagedProcess.run(Executables.path("hearth-edge"), ["status", "--config", configuration])
    }

    /// The status message itself.
    func report() async throws -> GatewayStatus? {
        let result = try await ManagedProcess.run(
            Executables.path("hearth-edge"), ["status", "--json", "--config", configuration])
        return try? JSONDecoder().decode(GatewayStatus.self, from: Data(result.output.utf8))
    }

    /// The three sensors of the room say so.
    func publish(_ celsius: Double, to broker: Broker) async throws {
        for sensor in 1...3 {
            try await broker.publish(
                "/readings/room-101/temperature",
                #"{"sensorID":"sensor-\#(sensor)","type":"temperature","value":\#(celsius)}"#)
        }
    }
}

/// Sensors that say the same for ever, in a fixed order.
final class ConstantSensors: Sendable {
    private let client: MQTTClient
    private let count: Int
    private let sent = Mutex((next: 0, accepted: 0))

    init(port: Int, count: Int) {
        var settings = MQTTSettings(
            host: "127.0.0.1", port: port, clientID: "constant-\(UInt32.random(in: 0...UInt32.max))")
        settings.largestOutgoingQueue = 100_000
        client = MQTTClient(settings: settings)
        self.count = count
        client.start()
    }

    /// Returns once the broker has acknowledged all of them.
    func publish(_ messages: Int) async throws {
        let before = sent.withLock { $0.accepted }
        for _ in 0..<messages {
            let sensor = sent.withLock { sent in
                defer { sent.next += 1 }
                return sent.next % count
            }
            client.publish(
                MQTTMessage(
                    topic: "/readings/lab/temperature",
                    payload: Array(#"{"sensorID":"s\#(sensor)","type":"temperature","value":21}"#.utf8))
            ) { [self] outcome in
                if outcome == .accepted { sent.withLock { $0.accepted += 1 } }
            }
        }
        try await eventually("the broker has acknowledged \(messages)") {
            sent.withLock { $0.accepted } == before + messages
        }
    }

    func stop() async { await client.stop() }
}
