import EdgeGateway
import Foundation
import Rig

/// A real broker and a real gateway, without a central service.
final class Gateway: Sendable {
    let broker: Broker
    let folder = TemporaryFolder()

    init() async throws {
        broker = try await Broker()
        try await broker.publish(Self.end, ".", retain: true)
    }

    private static let twoRooms = """
              - slug: room-101
                name: Room 101
                devices:
                  - { id: sensor-1, class: temperature_sensor }
                  - { id: sensor-2, class: temperature_sensor }
                  - { id: sensor-3, class: temperature_sensor }
              - slug: room-102
                name: Room 102
                devices: [{ id: sensor-1, class: temperature_sensor }]
        """

    /// - Parameters:
    ///   - hasSecondRoom: whether `room-102` is still in the configuration.
    ///   - settings: `key=value`.
    func start(hasSecondRoom: Bool = true, _ settings: [String] = ["homeAssistant.discovery=true"]) async throws
        -> ManagedProcess
    {
        let lines = Self.twoRooms.split(separator: "\n", omittingEmptySubsequences: false)
        let rooms = lines.prefix(hasSecondRoom ? lines.count : lines.count - 3).joined(separator: "\n")
        let configuration = try folder.write(
            "edge.yaml",
            """
            building: { slug: grand, name: Grand Hotel, kind: hotel, timeZone: Europe/Berlin }
            mqtt: { host: 127.0.0.1, port: \(broker.port) }
            buffer: { path: \(folder.file("outbox.sqlite")) }
            control: { periodSeconds: 1 }
            floors:
              - slug: "1"
                level: 1
                rooms:
            \(rooms)
            """)
        let edge = try ManagedProcess(
            Executables.path("hearth-edge"), ["run", "--config", configuration] + settings.flatMap { ["--set", $0] })
        try await edge.waitFor(output: "intake is connected")
        try await edge.waitFor(output: "control is connected")
        return edge
    }

    /// The three sensors of `room-101` say so.
    func publish(_ celsius: Double) async throws {
        for sensor in 1...3 {
            try await broker.publish(
                "/readings/room-101/temperature",
                #"{"sensorID":"sensor-\#(sensor)","type":"temperature","value":\#(celsius)}"#)
        }
    }

    /// What the broker keeps last of all that a listener asks for.
    private static let end = "/the-end"

    /// What the broker keeps, by topic.
    func retained(_ filter: String) async throws -> [String: String] {
        let listener = try ManagedProcess(
            "mosquitto_sub",
            [
                "-h", "127.0.0.1", "-p", "\(broker.port)", "-t", filter, "-t", Self.end, "--retained-only", "-F",
                "%t %p",
            ])
        try await listener.waitFor(output: "\(Self.end) .\n")
        await listener.terminate()
        return listener.output.split(separator: "\n").reduce(into: [:]) { kept, line in
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2, parts[0] != Self.end { kept[String(parts[0])] = String(parts[1]) }
        }
    }

    func status() async throws -> GatewayStatus? {
        let text = try await retained("/gateways/grand/status").values.first ?? ""
        return try? JSONDecoder().decode(GatewayStatus.self, from: Data(text.utf8))
    }

    /// What it tells of `room-101`, for Home Assistant and others.
    func room() async throws -> GatewayStatus.Room? {
        let text = try await retained("/gateways/grand/rooms/room-101").values.first ?? ""
        return try? JSONDecoder().decode(GatewayStatus.Room.self, from: Data(text.utf8))
    }
}
