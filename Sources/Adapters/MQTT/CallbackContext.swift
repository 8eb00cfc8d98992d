/// The state that libmosquitto's callbacks access. Used only on the connection's thread, like the handle to which it
/// belongs.
final class CallbackContext {
    let largestPayload: Int
    private(set) var group: [MQTTMessage] = []
    private(set) var groupBytes = 0
    /// The answer to CONNECT: reason code and flags.
    var connectAnswer: (reason: Int32, flags: Int32)?
    /// The filters of subscriptions that were sent but not answered yet, by packet id.
    var subscriptions: [Int32: String] = [:]
    var refusedSubscriptions: [String] = []
    /// The reason code with which the broker ended the connection, if it sent one (MQTT 5).
    var farewell: Int32?
    /// The number of outgoing QoS 1 and 2 messages that the broker has not acknowledged yet.
    var unacknowledged = 0
    /// The packet id of the question that the broker has yet to answer; see `MosquittoHandle.askWhetherHeard`.
    var question: Int32?
    var redelivery: RedeliveryPhase

    private var publications: [Int32: Publication] = [:]

    /// A message on its way to the broker.
    struct Publication {
        /// A Boolean value that indicates whether the broker confirms the message, so that its answer is the
        /// outcome.
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

    /// Reports all messages on their way as lost when the connection has ended: their outcome is unknown.
    func loseAll() {
        let lost = publications.values
        publications = [:]
        for publication in lost { publication.onOutcome(.lost) }
    }
}
