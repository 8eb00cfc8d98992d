import EdgeGateway
import Foundation
import Rig
import ServiceRig

/// A real broker and a real gateway, without a central service.
final class Gateway: Sendable {
    let broker: Broker
    let folder = TemporaryFolder()

    init() async throws {
        broker = try await Broker()
        try await broker.publish(Self.end, ".", retain: true)
    }

    /// Starts the gateway.
    ///
    /// - Parameters:
    ///   - hasSecondRoom: whether `room-102` is still in the configuration.
    ///   - settings: `key=value`.
    func start(
        hasSecondRoom: Bool = true, _ settings: [String] = ["homeAssistant.discovery=true"]
    ) async throws -> ManagedProcess {
        try await program(hasSecondRoom: hasSecondRoom, settings).start()
    }

    /// Writes the configuration.
    func program(hasSecondRoom: Bool = true, _ settings: [String] = []) throws -> EdgeProgram {
        try EdgeProgram.hotel(
            broker: broker.port, in: folder,
            rooms: hasSecondRoom ? ["room-101": 3, "room-102": 1] : ["room-101": 3], settings: settings)
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
