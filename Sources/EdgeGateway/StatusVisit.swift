import Building
import ConfigurationFile
public import EdgeConfiguration
import Foundation
import MQTT
import Synchronization

/// Asks the broker what a gateway last said of itself.
public enum StatusVisit {
    public enum Failure: Error, CustomStringConvertible {
        case noBroker(String)
        case noStatus(topicOf: String)

        public var description: String {
            switch self {
            case .noBroker(let why):
                "The broker can't be reached: \(why). Is it running, and are mqtt.host and mqtt.port right?"
            case .noStatus(let building):
                "The broker has no status of “\(building)”. Has hearth-edge ever run with this configuration?"
            }
        }
    }

    /// - Parameter patience: how long broker and status are waited for.
    public static func read(
        _ configuration: EdgeConfiguration, patience: Duration = .seconds(5)
    ) async throws -> GatewayStatus {
        struct Seen {
            var status: GatewayStatus?
            var isConnected = false
            var trouble = "no answer"
        }
        let seen = Mutex(Seen())
        let client = MQTTClient(settings: try .visit(configuration)) { event in
            seen.withLock { seen in
                switch event {
                case .connected: seen.isConnected = true
                case .acknowledgementsHeard: break
                case .subscriptionRefused(let filter): seen.trouble = "the broker lets nobody read \(filter)"
                case .disconnected(let reason, _): seen.trouble = reason
                }
            }
        } onGroup: { group in
            let status = group.last.flatMap { try? JSONDecoder().decode(GatewayStatus.self, from: Data($0.payload)) }
            seen.withLock { $0.status = status ?? $0.status }
            return true
        }
        client.start()
        let end = ContinuousClock.now + patience
        while seen.withLock({ $0.status == nil }), ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
        }
        await client.stop(within: .milliseconds(500))
        let result = seen.withLock { $0 }
        if let status = result.status { return status }
        if !result.isConnected { throw Failure.noBroker(result.trouble) }
        throw Failure.noStatus(topicOf: configuration.building.slug.text)
    }
}
