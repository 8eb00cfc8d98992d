import Logging
import MQTT
import Synchronization

/// The state of one of the gateway's connections to the broker, and what the log says about it.
final class BrokerConnection: Sendable {
    /// The part of the gateway that uses the connection: `intake`.
    private let user: String
    private let logger: Logger
    private let current = Mutex("connecting")

    /// - Parameter user: The part of the gateway that uses the connection, as the log names it.
    init(of user: String, logger: Logger) {
        self.user = user
        self.logger = logger
    }

    /// The state: `connecting`, `connected` or `disconnected: …` with the reason.
    var state: String { current.withLock { $0 } }

    /// Notes a connection.
    func connected(_ metadata: Logger.Metadata) {
        current.withLock { $0 = "connected" }
        logger.info("\(user) is connected to the broker", metadata: metadata)
    }

    /// Notes that the broker refuses a subscription.
    func refused(subscription filter: String) {
        logger.error(
            "the broker refuses a subscription of \(user): allow this user to read it",
            metadata: ["filter": "\(filter)"])
    }

    /// Notes the end of a connection, or a failed attempt; the log has each reason once.
    func disconnected(_ reason: String) {
        let new = "disconnected: \(reason)"
        let before = current.withLock { current in
            defer { current = new }
            return current
        }
        guard new != before else { return }
        if reason.hasPrefix(MQTTEvent.loginRefusal) {
            logger.error(
                "the broker refuses \(user)'s login: check mqtt.user and the password in mqtt.passwordFile",
                metadata: ["reason": "\(reason)"])
        } else {
            logger.warning("\(user) has lost the connection to the broker", metadata: ["reason": "\(reason)"])
        }
    }
}
