import MQTT
package import Outbox

/// Knows again what the broker delivers a second time, because the connection was lost, or the gateway died, between
/// our commit and its hearing of our acknowledgement. By MQTT, such a message keeps its packet identifier and comes
/// before anything new.
package struct RedeliveryGuard: Sendable {
    /// The latest deliveries by packet identifier.
    private var recent: [UInt16: UInt64] = [:]
    /// What may come again in this connection.
    private var suspects: [UInt16: UInt64] = [:]

    package init(recent: [Delivery]) {
        for delivery in recent { self.recent[delivery.packet] = delivery.fingerprint }
    }

    /// A connection was made. Without a session the broker has forgotten what it sent.
    package mutating func connected(sessionPresent: Bool) {
        suspects = sessionPresent ? recent : [:]
        if !sessionPresent { recent = [:] }
    }

    /// `false` where the message was stored before and is to be acknowledged only.
    package mutating func isNew(_ delivery: Delivery) -> Bool {
        defer { remember(delivery) }
        guard suspects.removeValue(forKey: delivery.packet) == delivery.fingerprint else {
            // The first new message: what was in flight has come, and the identifiers now stand for something new.
            suspects = [:]
            return true
        }
        return false
    }

    private mutating func remember(_ delivery: Delivery) {
        recent[delivery.packet] = delivery.fingerprint
        // Identifiers count up, so those far behind are in flight no more.
        guard recent.count > 4 * Delivery.mostKept else { return }
        recent = recent.filter { delivery.packet &- $0.key < UInt16(2 * Delivery.mostKept) }
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
        return hash
    }
}
