package import Building
package import Logging
package import MQTT
package import Outbox
import ServiceLifecycle
import Synchronization
import WireFormat

package import struct Foundation.TimeZone

/// Reads what the sensors send, stores it, and only then has it acknowledged.
package final class IntakeService: Sendable {
    private let outbox: Outbox
    private let decoder: ReadingDecoder
    private let clock: GatewayClock
    private let plausibility: Plausibility
    private let judge: @Sendable (Reading) -> Quality
    private let logger: Logger
    private let trouble = Mutex<String?>(nil)
    private let connection = Mutex("connecting")
    private let redeliveries: Mutex<Deduplicator>

    /// - Parameter judge: what a reading is worth beside what is wrong with its time.
    package init(
        outbox: Outbox, timeZone: TimeZone, clock: GatewayClock, plausibility: Plausibility,
        judge: @escaping @Sendable (Reading) -> Quality = { _ in .good }, logger: Logger
    ) throws(OutboxError) {
        self.outbox = outbox
        self.plausibility = plausibility
        decoder = ReadingDecoder(timeZone: timeZone)
        self.clock = clock
        self.judge = judge
        self.logger = logger
        redeliveries = Mutex(Deduplicator(recent: try outbox.recentDeliveries()))
    }

    /// Why nothing is stored at the moment; `nil` when all is well.
    var currentTrouble: String? { trouble.withLock { $0 } }
    /// How the connection to the broker is.
    var connectionState: String { connection.withLock { $0 } }

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

    /// Runs on the client's thread. `false`: not stored, do not acknowledge.
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
            // A copy that the broker keeps is no new reading: it was stored when it was new.
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
            // Only what is stored counts as seen: a group that was refused is looked at again.
            redeliveries.withLock { $0.accept(judgement) }
            if judgement.note.leftOut > 0 {
                logger.info(
                    "messages that the broker delivered again are stored already",
                    metadata: ["left out": "\(judgement.note.leftOut)"])
            }
            note(trouble: nil)
            return true
        } catch {
            note(trouble: error.description)
            return false
        }
    }

    /// Has the store forget what can't come again. Where it can't now, the next commit does it.
    private func forgetDeliveries() {
        let forgotten = redeliveries.withLock { $0.forgotten }
        try? outbox.forget(deliveries: forgotten)
    }

    private func note(trouble new: String?) {
        let before = trouble.withLock { trouble in
            defer { trouble = new }
            return trouble
        }
        guard new != before else { return }
        if let new {
            logger.error("readings can't be stored; the broker keeps them", metadata: ["error": "\(new)"])
        } else {
            logger.notice("readings are stored again")
        }
    }

    private func note(_ event: MQTTEvent) {
        switch event {
        case .connected(let version, let sessionPresent):
            connection.withLock { $0 = "connected" }
            redeliveries.withLock { $0.connected(sessionPresent: sessionPresent) }
            if !sessionPresent { forgetDeliveries() }
            logger.info(
                "intake is connected to the broker",
                metadata: ["mqtt": "\(version)", "session": sessionPresent ? "resumed" : "new"])
        case .acknowledgementsHeard(let messages):
            // While more comes in, the next commit says so as well.
            if redeliveries.withLock({ $0.acknowledged(messages) }) { forgetDeliveries() }
        case .subscriptionRefused(let filter):
            logger.error(
                "the broker refuses a subscription of intake: let this user read it",
                metadata: ["filter": "\(filter)"])
        case .disconnected(let reason, _):
            let isNew = connection.withLock { connection in
                defer { connection = "disconnected: \(reason)" }
                return connection != "disconnected: \(reason)"
            }
            guard isNew else { break }
            if reason.hasPrefix(MQTTEvent.loginRefusal) {
                logger.error(
                    "intake is not let in by the broker: check mqtt.user and the password in mqtt.passwordFile",
                    metadata: ["reason": "\(reason)"])
            } else {
                logger.warning("intake has lost the broker", metadata: ["reason": "\(reason)"])
            }
        }
    }
}
