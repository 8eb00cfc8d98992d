/// What libmosquitto's callbacks see. Used on the connection's thread only, like the handle that it belongs to.
final class CallbackContext {
    let largestPayload: Int
    private(set) var group: [MQTTMessage] = []
    private(set) var groupBytes = 0
    /// The answer to CONNECT: reason code and flags.
    var connectAnswer: (reason: Int32, flags: Int32)?
    /// Subscriptions that were sent and are not answered yet, by their packets' ids.
    var subscriptions: [Int32: String] = [:]
    var refusedSubscriptions: [String] = []
    /// Why the broker ended the connection, where it said so (MQTT 5).
    var farewell: Int32?
    /// Outgoing QoS 1 and 2 messages that the broker has not acknowledged yet.
    var unacknowledged = 0
    /// The packet id of the question that the broker has yet to answer; see `MosquittoHandle.askWhetherHeard`.
    var question: Int32?
    var redelivery: RedeliveryPhase

    private var publications: [Int32: Publication] = [:]

    /// A message that is on its way to the broker.
    struct Publication {
        /// Whether the broker's answer says that it took the message.
        var isConfirmedByAnswer: Bool
        var onOutcome: MQTTClient.OutcomeHandler
    }

    init(settings: MQTTSettings) {
        largestPayload = settings.largestPayload
        redelivery = RedeliveryPhase(clientID: settings.clientID)
    }

    func append(_ message: MQTTMessage) {
        var message = message
        message.isRedelivered = redelivery.takes(message)
        group.append(message)
        groupBytes += message.payload.count
    }

    func beginGroup() {
        group.removeAll(keepingCapacity: true)
        groupBytes = 0
    }

    func expect(_ publication: Publication, packet: Int32) { publications[packet] = publication }

    func published(packet: Int32, outcome: (_ isConfirmedByAnswer: Bool) -> MQTTPublishOutcome) {
        unacknowledged -= 1
        guard let publication = publications.removeValue(forKey: packet) else { return }
        publication.onOutcome(outcome(publication.isConfirmedByAnswer))
    }

    /// The connection has ended: nobody knows what became of what was on its way.
    func loseAll() {
        let lost = publications.values
        publications = [:]
        for publication in lost { publication.onOutcome(.lost) }
    }
}
