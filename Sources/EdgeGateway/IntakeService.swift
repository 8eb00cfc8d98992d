import Building
import Foundation
import Logging
import MQTT
import Outbox
import ServiceLifecycle
import Synchronization
import WireFormat

/// Reads what the sensors send, stores it, and only then has it acknowledged.
final class IntakeService: Sendable {
    private let outbox: Outbox
    private let decoder: ReadingDecoder
    private let clock: GatewayClock
    private let logger: Logger
    private let trouble = Mutex<String?>(nil)
    private let connection = Mutex("connecting")
    private let redeliveries: Mutex<RedeliveryGuard>

    init(outbox: Outbox, timeZone: TimeZone, clock: GatewayClock, logger: Logger) {
        self.outbox = outbox
        decoder = ReadingDecoder(timeZone: timeZone)
        self.clock = clock
        self.logger = logger
        redeliveries = Mutex(RedeliveryGuard(recent: (try? outbox.recentDeliveries()) ?? []))
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
    private func store(_ group: [MQTTMessage]) -> Bool {
        let now = clock.calendar()
        let isTrusted = clock.isTrusted(now)
        var readings: [Reading] = []
        var letters: [DeadLetter] = []
        var deliveries: [Delivery] = []
        readings.reserveCapacity(group.count)
        var redeliveries = redeliveries.withLock { $0 }
        // A copy that the broker keeps is no new reading: it was stored when it was new.
        for message in group where !message.isRetained {
            if message.qualityOfService != .atMostOnce {
                let delivery = Delivery(packet: message.packetID, fingerprint: Fingerprint.of(message))
                guard redeliveries.isNew(delivery) else { continue }
                deliveries.append(delivery)
            }
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
        do {
            try outbox.append(readings, deadLetters: letters, deliveries: deliveries)
            // Only what is stored counts as seen: a group that was refused is looked at again.
            self.redeliveries.withLock { $0 = redeliveries }
            note(trouble: nil)
            return true
        } catch {
            note(trouble: error.description)
            return false
        }
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
            logger.info(
                "intake is connected to the broker",
                metadata: ["mqtt": "\(version)", "session": sessionPresent ? "resumed" : "new"])
        case .disconnected(let reason, _):
            let isNew = connection.withLock { connection in
                defer { connection = "disconnected: \(reason)" }
                return connection != "disconnected: \(reason)"
            }
            if isNew { logger.warning("intake has lost the broker", metadata: ["reason": "\(reason)"]) }
        }
    }
}
