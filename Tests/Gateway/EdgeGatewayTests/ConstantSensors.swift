import EdgeGateway
import Foundation
import MQTT
import Rig
import ServiceRig
import Synchronization

extension EdgeProgram {
    /// The status message itself.
    func report() async throws -> GatewayStatus? {
        try? JSONDecoder().decode(GatewayStatus.self, from: Data(try await status("--json").output.utf8))
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
