/// How to reach a broker, and what to take from it.
package struct MQTTSettings: Sendable {
    package var host: String
    package var port: Int
    /// Who the client is to the broker. A persistent session belongs to this name.
    package var clientID: String
    package var user: String?
    package var password: String?
    package var tls: TLS?
    /// A silent connection is probed after this time and given up after half as much again. 5 s or more.
    package var keepAlive: Duration = .seconds(12)
    /// Seconds for which the broker keeps subscriptions and undelivered messages while the client is away;
    /// `nil`: no session is kept.
    package var sessionExpirySeconds: UInt32?
    /// How many QoS 1 and 2 messages the broker may send ahead of our acknowledgements (MQTT 5).
    package var receiveMaximum: UInt16 = 1000
    /// How many QoS 1 and 2 messages we send ahead of the broker's acknowledgements; it may grant fewer (MQTT 5).
    package var sendMaximum: UInt16 = 1000
    /// The group handler is called at the latest after this many messages.
    package var largestGroup = 1000
    /// …and once its payloads come to this many bytes.
    package var largestGroupBytes = 4 << 20
    /// How long a group that is not full waits for more messages: a commit costs the same for one as for hundreds.
    package var groupLinger: Duration = .milliseconds(4)
    /// Payloads are cut to this many bytes, so that a hostile message costs no memory for long.
    package var largestPayload = 256 << 10
    /// How many outgoing messages wait while there is no connection or the broker is slow.
    package var largestOutgoingQueue = 10_000
    /// Published by the broker when the client vanishes.
    package var will: MQTTMessage?
    package var subscriptions: [Subscription] = []
    /// Whether the broker is asked, once a second while messages come in, how far it has heard our acknowledgements; see
    /// `MQTTEvent.acknowledgementsHeard`.
    package var tracksAcknowledgements = false

    package init(host: String, port: Int, clientID: String) {
        self.host = host
        self.port = port
        self.clientID = clientID
    }

    package struct TLS: Sendable {
        /// PEM file of the authorities to trust; `nil`: the system's.
        package var authorityFile: String?
        package var certificateFile: String?
        package var keyFile: String?

        package init(authorityFile: String?, certificateFile: String?, keyFile: String?) {
            self.authorityFile = authorityFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    package struct Subscription: Sendable {
        package var filter: String
        package var qualityOfService: QualityOfService
        /// Whether the broker is asked for the copies that it keeps. MQTT 3.1.1 brokers send them all the same:
        /// they come with `isRetained`.
        package var wantsRetained: Bool
        /// Subscribed to only where this version is spoken; `nil`: with every version.
        package var version: MQTTVersion?

        package init(
            filter: String, qualityOfService: QualityOfService, wantsRetained: Bool, version: MQTTVersion? = nil
        ) {
            self.filter = filter
            self.qualityOfService = qualityOfService
            self.wantsRetained = wantsRetained
            self.version = version
        }
    }
}

/// What happens to the connection.
package enum MQTTEvent: Sendable, Hashable {
    /// - Parameter sessionPresent: whether the broker still knew the session.
    case connected(version: MQTTVersion, sessionPresent: Bool)
    /// The broker does not let us read what a subscription asks for; the others stay.
    case subscriptionRefused(filter: String)
    /// The broker has heard the acknowledgements of the first so many QoS 1 and 2 messages of this connection.
    case acknowledgementsHeard(messages: Int)
    /// The connection ended or could not be made; the client tries again after `retryAfter`.
    case disconnected(reason: String, retryAfter: Duration)

    /// What the reason begins with if the broker takes neither user nor password.
    package static let loginRefusal = "the broker refuses the login"
}

package enum MQTTVersion: Int32, Sendable, Hashable, CustomStringConvertible {
    /// 3.1.1
    case v311 = 4
    case v5 = 5

    package var description: String { self == .v5 ? "5" : "3.1.1" }
}
