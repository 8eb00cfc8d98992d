import MQTT
package import Outbox

/// Knows again what the broker delivers a second time, because the connection was lost, or the gateway died, between
/// our commit and its hearing of our acknowledgement, or because the broker was restored from a file that is older. By
/// MQTT, such a message keeps its packet identifier and comes before anything new.
package struct RedeliveryGuard: Sendable {
    /// Which messages of a group are new, and what is known of those to come once the group is stored.
    package struct Judgement: Sendable {
        /// In the order of the group.
        package var areNew: [Bool]
        /// Of the whole group: one that came again is remembered all the same.
        package var deliveries: [Delivery]
        fileprivate var endsSuspicion: Bool
    }

    /// By packet identifier the fingerprint of what it stood for last; 0 where that is too long ago to come again.
    private var recent = [UInt64](repeating: 0, count: 1 << 16)
    /// Whether what comes next may be known already.
    private var isSuspicious = false

    package init(recent: [Delivery]) {
        for delivery in recent { self.recent[Int(delivery.packet)] = delivery.fingerprint }
    }

    /// A connection was made. Without a session the broker has forgotten what it sent.
    package mutating func connected(sessionPresent: Bool) {
        isSuspicious = sessionPresent
        if !sessionPresent { recent = [UInt64](repeating: 0, count: 1 << 16) }
    }

    /// Changes nothing: a group that can't be stored is judged again.
    package func judge(_ group: [Delivery]) -> Judgement {
        var judgement = Judgement(
            areNew: Array(repeating: true, count: group.count), deliveries: group, endsSuspicion: false)
        guard isSuspicious else { return judgement }
        for (index, delivery) in group.enumerated() {
            guard recent[Int(delivery.packet)] == delivery.fingerprint else {
                // The first new message: what was in flight has come, and the identifiers now stand for something new.
                judgement.endsSuspicion = true
                break
            }
            judgement.areNew[index] = false
        }
        return judgement
    }

    /// The group is stored.
    package mutating func accept(_ judgement: Judgement) {
        if judgement.endsSuspicion { isSuspicious = false }
        for delivery in judgement.deliveries {
            recent[Int(delivery.packet)] = delivery.fingerprint
            // Identifiers count up: what is half of them away is no longer on its way, and will stand for something else.
            recent[Int(delivery.packet &+ UInt16(Delivery.mostKept))] = 0
        }
    }
}

/// A message's topic and payload as one number (FNV-1a, 64 bit).
enum Fingerprint {
    static func of(_ message: MQTTMessage) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in message.topic.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // A byte that no topic holds keeps “ab” + “c” and “a” + “bc” apart.
        hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        for byte in message.payload { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // 0 says that there is none.
        return max(1, hash)
    }
}
