import Building
import ConfigurationFile
package import EdgeConfiguration
import Foundation
import MQTT
import Synchronization
import WireFormat

/// Asks the broker what a gateway last said of itself, and whether it still says anything.
///
/// The status is a retained message, and the broker marks it `offline` when it loses the gateway. A gateway that ends
/// together with its broker leaves `online` behind, so a status counts only if it is fresh.
package enum StatusQuery {
    package enum Failure: Error, CustomStringConvertible {
        case noBroker(String)
        case loginRefused(String, EdgeConfiguration.MQTT)
        case noStatus(topicOf: String)

        package var description: String {
            switch self {
            case .noBroker(let why):
                "The broker can't be reached: \(why). Is it running, and are mqtt.host and mqtt.port right?"
            case .loginRefused(let why, let mqtt):
                "\(mqtt.host):\(mqtt.port) can be reached, but \(why). \(MQTTSettings.loginRemedy(mqtt))"
            case .noStatus(let building):
                "The broker has no status of “\(building)”. Has hearth-edge ever run with this configuration?"
            }
        }
    }

    /// A gateway's last status.
    package struct Finding: Sendable {
        package var status: GatewayStatus
        /// Whether the gateway has said nothing since, for longer than a running one would.
        package var isSilent: Bool
    }

    /// A running gateway publishes its status every `ControlService.statusInterval`, at the end of a cycle of its control.
    /// What is older by this clock is not taken as the present state; the next one is awaited instead, since either clock
    /// may be wrong.
    private static func freshness(_ configuration: EdgeConfiguration) -> Duration {
        ControlService.statusInterval + configuration.control.period + .seconds(5)
    }

    /// - Parameters:
    ///   - patience: The time allowed for connecting and for the retained status.
    ///   - silence: The time allowed for the next status if the retained one is not fresh; by default as long as one from
    ///     a running gateway may take.
    package static func read(
        _ configuration: EdgeConfiguration, patience: Duration = .seconds(5),
        silence: Duration? = nil
    ) async throws -> Finding {
        struct Seen {
            var status: GatewayStatus?
            /// Whether `status` was published while we listened.
            var isLive = false
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
            for message in group {
                guard let status = try? JSONDecoder().decode(GatewayStatus.self, from: Data(message.payload)) else {
                    continue
                }
                seen.withLock { seen in
                    seen.status = status
                    seen.isLive = seen.isLive || !message.isRetained
                }
            }
            return true
        }
        client.start()
        let end = ContinuousClock.now + patience
        while seen.withLock({ $0.status == nil }), ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
        }
        let silenceEnd = ContinuousClock.now + (silence ?? freshness(configuration))
        while seen.withLock({ seen in
            !seen.isLive && seen.status.map { $0.state == .online && !isFresh($0, in: configuration) } ?? false
        }), ContinuousClock.now < silenceEnd {
            try await Task.sleep(for: .milliseconds(20))
        }
        await client.stop(within: .milliseconds(500))
        let result = seen.withLock { $0 }
        if let status = result.status {
            let isSilent = status.state == .online && !result.isLive && !isFresh(status, in: configuration)
            return Finding(status: status, isSilent: isSilent)
        }
        if !result.isConnected {
            throw result.trouble.hasPrefix(MQTTEvent.loginRefusal)
                ? Failure.loginRefused(result.trouble, configuration.mqtt) : Failure.noBroker(result.trouble)
        }
        throw Failure.noStatus(topicOf: configuration.building.slug.text)
    }

    private static func isFresh(_ status: GatewayStatus, in configuration: EdgeConfiguration) -> Bool {
        guard let text = status.time, let time = CalendarTime.parse(text, in: configuration.timeZone) else {
            return false
        }
        let freshness = freshness(configuration)
        let present = time.advanced(by: .zero - freshness)...time.advanced(by: freshness)
        return present.contains(GatewayClock.system.calendar())
    }
}
