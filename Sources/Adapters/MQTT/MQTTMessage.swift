/// MQTT's delivery guarantees.
package enum QualityOfService: Int32, Sendable, Hashable {
    case atMostOnce = 0
    case atLeastOnce = 1
    case exactlyOnce = 2
}

/// A message as it came in or is to go out.
package struct MQTTMessage: Sendable, Hashable {
    package var topic: String
    /// Of a message that came in, at most `MQTTSettings.largestPayload` bytes; see `payloadSize`.
    package var payload: [UInt8]
    /// The size on the wire, bytes. More than `payload.count` where the payload was cut.
    package var payloadSize: Int
    package var qualityOfService: QualityOfService
    /// Going out: the broker keeps it for later subscribers. Coming in: it is such a kept copy, not a new message.
    package var isRetained: Bool
    /// Of a QoS 1 or 2 message that came in: the number that the broker gave it within the session.
    package var packetID: UInt16
    /// Of a QoS 1 or 2 message that came in: the broker says that it has sent it before, on an earlier connection of this
    /// session. Whether it arrived then, it does not know. `false` also where nobody can tell.
    package var isRedelivered = false

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

/// What became of a message that was to go out.
package enum MQTTPublishOutcome: Sendable, Hashable {
    /// The broker says that it has taken it: MQTT 5, QoS 1 or 2.
    case accepted
    /// It went out, and at QoS 1 and 2 it was acknowledged; whether the broker's rules let it through, only MQTT 5 tells.
    case unconfirmed
    /// The broker has refused it, for want of a right for one.
    case refused(reason: String)
    /// The connection ended before there was an answer.
    case lost
}
