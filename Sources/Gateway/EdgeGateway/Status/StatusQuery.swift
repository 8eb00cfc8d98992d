import Building
import CivilTime
import ConfigurationFile
package import EdgeConfiguration
import Foundation
import MQTT
import Synchronization
import WireFormat

/// A query for a gateway's last status, and for whether the gateway is still alive.
///
/// The status is a retained message, and the broker replaces it with `offline` when it loses the gateway. A gateway
/// that ends together with its broker leaves `online` behind, so a status counts only if it is fresh.
package enum StatusQuery {
    /// The reason there is no status.
    package enum Failure: Error, CustomStringConvertible {
        /// The broker can't be reached, for the given reason.
        case noBroker(String)
        /// The broker refuses the login, for the given reason.
        case loginRefused(String, EdgeConfiguration.MQTT)
        /// The broker has no status of the building with the given slug.
        case noStatus(topicOf: String)

        /// The reason and a hint for the operator.
        package var description: String {
            switch self {
            case .noBroker(let why):
                "The broker can't be reached: \(why). Is it running, and are mqtt.host and mqtt.port correct?"
            case .loginRefused(let why, let mqtt):
                "\(mqtt.host):\(mqtt.port) can be reached, but \(why). \(MQTTSettings.loginRemedy(mqtt))"
            case .noStatus(let building):
                "The broker has no status for “\(building)”. Has hearth-edge ever run with this configuration?"
            }
        }
    }

    /// The result of a query: a gateway's last status.
    package struct Finding: Sendable {
        /// The last status that the gateway published.
        package var status: GatewayStatus
        /// A Boolean value that indicates whether the gateway has been silent for longer than a running one would be.
        package var isSilent: Bool
    }

    /// Returns the age up to which a status counts as present.
    ///
    /// A running gateway publishes its status every `ControlService.statusInterval`, at the end of a control cycle. If
    /// a status is older by this machine's clock, the query waits for the next one, since either clock may be wrong.
    private static func freshness(_ configuration: EdgeConfiguration) -> Duration {
        ControlService.statusInterval + configuration.control.period + .seconds(5)
    }

    /// Reads the status of the configured gateway from its broker.
    ///
    /// - Parameters:
    ///   - patience: The time allowed for connecting and for the retained status.
    ///   - silence: The time allowed for the next status if the retained one is not fresh; by default the longest
    ///     interval between two statuses of a running gateway.
    ///
    /// - Throws: `Failure`, or `ConfigurationError` if the password's file can't be read.
    package static func read(
        _ configuration: EdgeConfiguration, patience: Duration = .seconds(5),
        silence: Duration? = nil
    ) async throws -> Finding {
        struct Seen {
            var status: GatewayStatus?
            /// A Boolean value that indicates whether `status` was published while we listened.
            var isLive = false
            var isConnected = false
            var trouble = "no response"
        }
        let seen = Mutex(Seen())
        let client = MQTTClient(settings: try .visit(configuration)) { event in
            seen.withLock { seen in
                switch event {
                case .connected: seen.isConnected = true
                case .acknowledgementsHeard: break
                case .subscriptionRefused(let filter): seen.trouble = "the broker does not let this user read \(filter)"
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

    /// Returns whether a status is recent by this machine's clock.
    private static func isFresh(_ status: GatewayStatus, in configuration: EdgeConfiguration) -> Bool {
        guard let text = status.time, let time = ISO8601Time(text)?.moment(in: configuration.calendar) else {
            return false
        }
        let freshness = freshness(configuration)
        let present = time.advanced(by: .zero - freshness)...time.advanced(by: freshness)
        return present.contains(GatewayClock.system.calendar())
    }
}
