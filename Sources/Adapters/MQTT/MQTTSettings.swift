/// The address of a broker, and the limits of the connection to it.
package struct MQTTSettings: Sendable {
    /// The broker's host name or address.
    package var host: String
    /// The broker's TCP port.
    package var port: Int
    /// The client's name at the broker. A persistent session belongs to this name.
    package var clientID: String
    /// The user name; `nil` for an anonymous login.
    package var user: String?
    /// The password.
    package var password: String?
    /// The TLS files; `nil` for a connection without TLS.
    package var tls: TLS?
    /// The time after which a silent connection is probed, 5 s or more; it is given up after half as much again.
    package var keepAlive: Duration = .seconds(12)
    /// The time for which the broker keeps subscriptions and undelivered messages while the client is away, s; `nil` to
    /// keep no session.
    package var sessionExpirySeconds: UInt32?
    /// The maximum number of QoS 1 and 2 messages that the broker may send ahead of our acknowledgements (MQTT 5).
    package var receiveMaximum: UInt16 = 1000
    /// The maximum number of QoS 1 and 2 messages that we send ahead of the broker's acknowledgements; it may grant
    /// fewer (MQTT 5).
    package var sendMaximum: UInt16 = 1000
    /// The maximum number of messages in a group.
    package var largestGroup = 1000
    /// The size of its payloads at which a group is complete, bytes.
    package var largestGroupBytes = 4 << 20
    /// The time for which a group that is not full waits for more messages: a commit costs the same for one as for
    /// hundreds.
    package var groupLinger: Duration = .milliseconds(4)
    /// The size to which payloads are cut, bytes, so that a hostile message does not occupy memory for long.
    package var largestPayload = 256 << 10
    /// The maximum number of outgoing messages that wait while there is no connection or the broker is slow.
    package var largestOutgoingQueue = 10_000
    /// The last will, which the broker publishes when the client vanishes.
    package var will: MQTTMessage?
    /// The subscriptions made on each connection.
    package var subscriptions: [Subscription] = []
    /// A Boolean value that indicates whether the broker is asked, once a second while messages arrive, how many of our
    /// acknowledgements it has received; see `MQTTEvent.acknowledgementsHeard`.
    package var tracksAcknowledgements = false

    /// Creates settings with defaults for all but the address.
    package init(host: String, port: Int, clientID: String) {
        self.host = host
        self.port = port
        self.clientID = clientID
    }

    /// The files of a TLS connection, in PEM.
    package struct TLS: Sendable {
        /// The file of trusted authorities; `nil` for the system's.
        package var authorityFile: String?
        /// The file of the client's certificate; `nil` for none.
        package var certificateFile: String?
        /// The file of the client's private key; `nil` for none.
        package var keyFile: String?

        /// Creates the set of files.
        package init(authorityFile: String?, certificateFile: String?, keyFile: String?) {
            self.authorityFile = authorityFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// A subscription to a topic filter.
    package struct Subscription: Sendable {
        /// The topic filter.
        package var filter: String
        /// The highest delivery guarantee.
        package var qualityOfService: QualityOfService
        /// A Boolean value that indicates whether the broker should send retained messages. MQTT 3.1.1 brokers always
        /// do; those messages have `isRetained`.
        package var wantsRetained: Bool
        /// The protocol version with which to subscribe; `nil` for every version.
        package var version: MQTTVersion?

        /// Creates a subscription.
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

/// An event of the connection.
package enum MQTTEvent: Sendable, Hashable {
    /// The client has connected.
    ///
    /// - Parameter sessionPresent: Whether the broker still had the session.
    case connected(version: MQTTVersion, sessionPresent: Bool)
    /// The broker refuses a subscription; the others remain.
    case subscriptionRefused(filter: String)
    /// The broker has received the acknowledgements of the first `messages` QoS 1 and 2 messages of this connection.
    case acknowledgementsHeard(messages: Int)
    /// The connection ended or could not be made; the client tries again after `retryAfter`.
    case disconnected(reason: String, retryAfter: Duration)

    /// The beginning of the reason if the broker rejects user or password.
    package static let loginRefusal = "the broker refuses the login"
}

/// A version of the MQTT protocol; the raw value is its protocol level.
package enum MQTTVersion: Int32, Sendable, Hashable, CustomStringConvertible {
    /// MQTT 3.1.1.
    case v311 = 4
    /// MQTT 5.
    case v5 = 5

    package var description: String { self == .v5 ? "5" : "3.1.1" }
}
