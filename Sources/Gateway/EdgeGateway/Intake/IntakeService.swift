package import Building
package import CivilTime
package import Logging
package import MQTT
package import Outbox
import ServiceLifecycle
import Synchronization
import WireFormat

/// The service that decodes sensor messages and stores the readings. A message is acknowledged only once it is stored.
package final class IntakeService: Sendable {
    private let outbox: Outbox
    private let decoder: ReadingDecoder
    private let clock: GatewayClock
    private let plausibility: Plausibility
    private let judge: @Sendable (Reading) -> Quality
    private let logger: Logger
    private let trouble = Mutex<String?>(nil)
    private let connection: BrokerConnection
    private let redeliveries: Mutex<Deduplicator>

    /// Creates the service on an open store.
    ///
    /// - Parameter judge: returns the quality of a reading as far as control knows it, apart from its time.
    package init(
        outbox: Outbox, calendar: LocalCalendar, clock: GatewayClock, plausibility: Plausibility,
        judge: @escaping @Sendable (Reading) -> Quality = { _ in .good }, logger: Logger
    ) throws(OutboxError) {
        self.outbox = outbox
        self.plausibility = plausibility
        decoder = ReadingDecoder(calendar: calendar)
        self.clock = clock
        self.judge = judge
        self.logger = logger
        connection = BrokerConnection(of: "intake", logger: logger)
        redeliveries = Mutex(Deduplicator(recent: try outbox.recentDeliveries()))
    }

    /// The reason nothing is being stored; `nil` if all is well.
    var currentTrouble: String? { trouble.withLock { $0 } }
    /// The state of the connection to the broker.
    var connectionState: String { connection.state }

    /// Runs until `stop` returns.
    func run(settings: MQTTSettings, until stop: () async -> Void) async {
        let client = MQTTClient(settings: settings) { [self] event in
            note(event)
        } onGroup: { [self] group in
            store(group)
        }
        client.start()
        await stop()
        await client.stop()
    }

    /// Stores a group of messages, on the client's thread. Returns `false` if it was not stored and must not be
    /// acknowledged.
    package func store(_ group: [MQTTMessage]) -> Bool {
        let present = clock.read()
        let (now, isTrusted) = (present.calendar, present.isTrusted)
        var readings: [Reading] = []
        var letters: [DeadLetter] = []
        readings.reserveCapacity(group.count)
        let deliveries = group.filter { $0.qualityOfService != .atMostOnce }.map { message in
            Delivery(
                packet: message.packetID, fingerprint: Fingerprint.of(message), isRedelivered: message.isRedelivered)
        }
        let judgement = redeliveries.withLock { $0.judge(deliveries) }
        var areNew = judgement.areNew.makeIterator()
        for message in group {
            let isNew = message.qualityOfService == .atMostOnce || areNew.next()!
            // A retained copy is not a new reading: it was stored when it was new.
            guard isNew, !message.isRetained else { continue }
            let decoded = decoder.decode(
                topic: message.topic, payload: message.payload, size: message.payloadSize, receivedAt: now,
                clockTrusted: isTrusted)
            readings += decoded.readings
            letters += decoded.rejections.map { reason in
                DeadLetter(
                    receivedTime: now, topic: String(message.topic.prefix(512)), reason: reason.rawValue,
                    size: message.payloadSize, payload: message.payload)
            }
        }
        for index in readings.indices {
            readings[index].quality = max(readings[index].quality, judge(readings[index]))
        }
        do {
            let implausible = isTrusted ? plausibility.mark(&readings) : 0
            try outbox.append(
                readings, deadLetters: letters, deliveries: judgement.note, implausible: implausible,
                unsetClock: present.unset)
            // Only stored messages count as seen: a group that could not be stored is judged again.
            redeliveries.withLock { $0.accept(judgement) }
            if judgement.note.leftOut > 0 {
                logger.info(
                    "redelivered messages were already stored",
                    metadata: ["left out": "\(judgement.note.leftOut)"])
            }
            note(trouble: nil)
            return true
        } catch {
            note(trouble: error.description)
            return false
        }
    }

    /// Has the store forget deliveries that can't come again. If that fails, the next commit does it.
    private func forgetDeliveries() {
        let forgotten = redeliveries.withLock { $0.forgotten }
        try? outbox.forget(deliveries: forgotten)
    }

    /// Notes whether storing works, and logs a change.
    private func note(trouble new: String?) {
        let before = trouble.withLock { trouble in
            defer { trouble = new }
            return trouble
        }
        guard new != before else { return }
        if let new {
            logger.error("readings can't be stored; the broker keeps them", metadata: ["error": "\(new)"])
        } else {
            logger.notice("storing readings has resumed")
        }
    }

    /// Handles a change of the broker connection.
    private func note(_ event: MQTTEvent) {
        switch event {
        case .connected(let version, let sessionPresent):
            redeliveries.withLock { $0.connected(sessionPresent: sessionPresent) }
            if !sessionPresent { forgetDeliveries() }
            connection.connected(["mqtt": "\(version)", "session": sessionPresent ? "resumed" : "new"])
        case .acknowledgementsHeard(let messages):
            // While more messages arrive, the next commit does this anyway.
            if redeliveries.withLock({ $0.acknowledged(messages) }) { forgetDeliveries() }
        case .subscriptionRefused(let filter): connection.refused(subscription: filter)
        case .disconnected(let reason, _): connection.disconnected(reason)
        }
    }
}
