/// A delivery guarantee of MQTT; the raw value is its QoS level.
package enum QualityOfService: Int32, Sendable, Hashable {
    case atMostOnce = 0
    case atLeastOnce = 1
    case exactlyOnce = 2
}

/// An incoming or outgoing message.
package struct MQTTMessage: Sendable, Hashable {
    /// The topic.
    package var topic: String
    /// The payload; of an incoming message, at most `MQTTSettings.largestPayload` bytes (see `payloadSize`).
    package var payload: [UInt8]
    /// The size on the wire, bytes. More than `payload.count` if the payload was cut.
    package var payloadSize: Int
    /// The delivery guarantee.
    package var qualityOfService: QualityOfService
    /// A Boolean value that indicates whether the broker keeps an outgoing message for later subscribers, or an
    /// incoming message is such a kept copy rather than a new one.
    package var isRetained: Bool
    /// The packet id that the broker gave an incoming QoS 1 or 2 message within the session; 0 for other messages.
    package var packetID: UInt16
    /// A Boolean value that indicates whether the broker has already sent this incoming QoS 1 or 2 message on an
    /// earlier connection of the session, not knowing whether it arrived. `false` if unknown.
    package var isRedelivered = false

    /// Creates an outgoing message.
    package init(
        topic: String, payload: some Sequence<UInt8>, qualityOfService: QualityOfService = .atLeastOnce,
        isRetained: Bool = false
    ) {
        self.topic = topic
        self.payload = Array(payload)
        payloadSize = self.payload.count
        self.qualityOfService = qualityOfService
        self.isRetained = isRetained
        packetID = 0
    }
}

/// The outcome of an outgoing message.
package enum MQTTPublishOutcome: Sendable, Hashable {
    /// The broker confirmed that it accepted the message (MQTT 5, QoS 1 or 2).
    case accepted
    /// The message was sent and, at QoS 1 and 2, acknowledged. Only MQTT 5 tells whether the broker's rules let it
    /// through.
    case unconfirmed
    /// The broker refused the message, for example because of missing rights.
    case refused(reason: String)
    /// The connection ended before an answer arrived.
    case lost
}
