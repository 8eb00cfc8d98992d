import MQTT
package import Outbox

/// Knows again what the broker delivers a second time, because the connection was lost, or the gateway died, between our
/// commit and its hearing of our acknowledgement.
///
/// A reading that is stored twice does less harm than one that is lost, so a message is left out only where all of this
/// holds: the broker says that it sent it before (DUP, see `MQTTMessage.isRedelivered`); a message with its packet
/// identifier, topic and payload was stored; and the broker is not known to have heard the acknowledgement of that one.
/// A broker that was restored from an older file hands out the same identifiers for new messages: they come without DUP,
/// or have identifiers whose earlier messages are long since acknowledged.
package struct RedeliveryGuard: Sendable {
    /// Which messages of a group are new, and what is known of those to come once the group is stored.
    package struct Judgement: Sendable {
        /// In the order of the group.
        package var areNew: [Bool]
        /// What the store is to remember.
        package var note: DeliveryNote
        fileprivate var endsRedelivery: Bool
    }

    /// How many deliveries are noted. A gateway that dies again and again amid a redelivery notes the same messages once a
    /// life: those that the broker has not yet come to must not be pushed out by them.
    private static let mostNoted = 16_384

    /// Stored lately, the latest last; the first has the number `first`.
    private var recent: [Delivery]
    private var first: Int64
    /// Those with smaller numbers can't come again.
    private var floor: Int64
    /// Of this connection's first message.
    private var connectionStart: Int64
    /// Up to where the last answer of the broker reached: it lags one question behind, for a broker that dies may
    /// forget what it heard right before.
    private var heard: Int64
    /// What may come again on this connection, by packet identifier; empty once nothing can.
    private var candidates: [UInt16: UInt64] = [:]
    private var isRedelivering = false
    /// The last packet identifier of the connection before, and whether this connection's first is still to come.
    private var lastPacket: UInt16?
    private var isFresh = false
    /// A broker that counts identifiers from 1 on each connection (RabbitMQ does): they say nothing.
    private var renumbers = false

    package init(recent: RecentDeliveries = RecentDeliveries()) {
        self.recent = recent.deliveries
        first = recent.end - Int64(recent.deliveries.count)
        floor = first
        connectionStart = recent.end
        heard = first
        lastPacket = recent.deliveries.last?.packet
    }

    private var end: Int64 { first + Int64(recent.count) }

    /// A connection was made. Without a session the broker has forgotten what it sent.
    package mutating func connected(sessionPresent: Bool) {
        connectionStart = end
        heard = end
        isFresh = true
        isRedelivering = sessionPresent
        candidates = [:]
        guard sessionPresent else {
            floor = end
            return
        }
        // The latest of each identifier. However many that are: mosquitto 2.0.11 has more on their way than it was allowed,
        // by as many as it resumed with.
        for delivery in recent[Int(max(floor, first) - first)...] { candidates[delivery.packet] = delivery.fingerprint }
    }

    /// Changes nothing: a group that can't be stored is judged again.
    package func judge(_ group: [Delivery]) -> Judgement {
        var areNew = Array(repeating: true, count: group.count)
        var endsRedelivery = false
        if isRedelivering {
            let mayCompare = !renumbers(after: group.first)
            for (index, delivery) in group.enumerated() {
                guard delivery.isRedelivered else {
                    // What was on its way has come; from here on all is new.
                    endsRedelivery = true
                    break
                }
                areNew[index] = !(mayCompare && candidates[delivery.packet] == delivery.fingerprint)
            }
        }
        let oldest = endsRedelivery ? max(floor, connectionStart) : floor
        let note = DeliveryNote(
            deliveries: group, end: end + Int64(group.count),
            floor: max(oldest, end + Int64(group.count) - Int64(Self.mostNoted)),
            leftOut: areNew.count { !$0 })
        return Judgement(areNew: areNew, note: note, endsRedelivery: endsRedelivery)
    }

    /// Whether identifiers begin anew on each connection, as far as this connection's first message tells.
    private func renumbers(after message: Delivery?) -> Bool {
        guard isFresh, let message, let lastPacket else { return renumbers }
        if message.packet != 1 { return false }
        // After 65535 comes 1 anyway. One that came before may have been the first of all.
        return !message.isRedelivered && lastPacket > 1 && lastPacket < .max ? true : renumbers
    }

    /// The group is stored.
    package mutating func accept(_ judgement: Judgement) {
        let deliveries = judgement.note.deliveries
        if isFresh, let message = deliveries.first {
            renumbers = renumbers(after: message)
            isFresh = false
        }
        if let last = deliveries.last { lastPacket = last.packet }
        recent += deliveries
        floor = judgement.note.floor
        if judgement.endsRedelivery {
            isRedelivering = false
            candidates = [:]
        }
        if recent.count > 2 * Self.mostNoted { dropForgotten() }
    }

    private mutating func dropForgotten() {
        let count = Int(min(floor, end) - first)
        guard count > 0 else { return }
        recent.removeFirst(count)
        first += Int64(count)
    }

    /// The broker has heard the acknowledgements of the first so many messages of this connection.
    ///
    /// - Returns: whether none of those that are remembered can come again.
    package mutating func acknowledged(_ count: Int) -> Bool {
        // While earlier ones may still come again, none of the later ones can go.
        if !isRedelivering { floor = max(floor, heard) }
        heard = max(heard, min(end, connectionStart + Int64(count)))
        dropForgotten()
        return floor == end
    }

    /// What the store is to forget now.
    package var forgotten: DeliveryNote { DeliveryNote(deliveries: [], end: end, floor: floor, leftOut: 0) }
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
