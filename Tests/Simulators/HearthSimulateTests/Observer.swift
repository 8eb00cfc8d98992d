import MQTT
import Synchronization

/// Hears everything on a broker.
final class Observer: Sendable {
    private final class Heard: Sendable {
        /// By topic.
        let payloads = Mutex<[String: String]>([:])
        let devices = Mutex<[String: String]>([:])
    }

    private let heard = Heard()
    private let client: MQTTClient

    init(port: Int) {
        var settings = MQTTSettings(host: "127.0.0.1", port: port, clientID: "observer-\(port)")
        settings.subscriptions = [
            MQTTSettings.Subscription(filter: "/readings/#", qualityOfService: .atLeastOnce, wantsRetained: false)
        ]
        let heard = heard
        client = MQTTClient(
            settings: settings,
            onGroup: { group in
                for message in group {
                    let payload = String(decoding: message.payload, as: UTF8.self)
                    heard.payloads.withLock { $0[message.topic] = payload }
                    if let id = payload.firstMatch(of: #/"device_id":"([^"]+)"/#)?.1 {
                        heard.devices.withLock { $0[String(id)] = payload }
                    }
                }
                return true
            })
        client.start()
    }

    /// The newest payload of a device that says its id as `device_id`, on whatever topic.
    func latest(ofDevice id: String) -> String? { heard.devices.withLock { $0[id] } }

    var topics: [String] { heard.payloads.withLock { Array($0.keys) } }

    func latest(_ topic: String) -> String? { heard.payloads.withLock { $0[topic] } }

    func forget() { heard.payloads.withLock { $0 = [:] } }

    func publish(_ topic: String, _ payload: String) {
        client.publish(MQTTMessage(topic: topic, payload: payload.utf8))
    }

    func stop() {
        let client = client
        Task { await client.stop() }
    }
}
