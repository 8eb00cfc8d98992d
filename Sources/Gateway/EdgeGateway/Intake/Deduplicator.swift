import MQTT
package import Outbox

/// A deduplicator for messages that the broker delivers a second time because the connection was lost, or the gateway
/// died, between our commit and the broker's receipt of our acknowledgement.
///
/// A reading that is stored twice does less harm than one that is lost. A message is therefore left out only if all of
/// the following hold: the broker marks it as sent before (DUP, see `MQTTMessage.isRedelivered`); a message with its
/// packet identifier, topic and payload was stored; and the broker is not known to have received the acknowledgement of
/// that message. A broker that was restored from an older file hands out the same identifiers for new messages: they
/// come without DUP, or have identifiers whose earlier messages were acknowledged long ago.
package struct Deduplicator: Sendable {
    /// The judgement of one group: which messages are new, and the state to adopt once the group is stored.
    package struct Judgement: Sendable {
        /// One value per delivery, in the order of the group: true if it is new.
        package var areNew: [Bool]
        /// The note that the store is to keep.
        package var note: DeliveryNote
        fileprivate var group: [Delivery]
        fileprivate var endsRedelivery: Bool
    }

    /// A stored delivery that the broker may repeat.
    private struct Known {
        var fingerprint: UInt64
        /// The position in the order of deliveries, including those that were left out.
        var number: Int64
    }

    /// The number of deliveries that are remembered at least, even if the broker never confirms their acknowledgements;
    /// far more than a broker has in flight.
    private static let mostKnown = 16_384

    /// The stored deliveries by packet identifier; only the latest of each can be repeated.
    private var known: [UInt16: Known]
    /// The number of the next delivery.
    private var end: Int64
    /// The number below which deliveries can't be repeated.
    private var floor: Int64
    /// The number of this connection's first delivery.
    private var connectionStart: Int64
    /// The number up to which the broker has confirmed our acknowledgements. It lags one confirmation behind, because a
    /// broker that is killed may forget what it received just before.
    private var heard: Int64
    private var isRedelivering = false
    /// The deliveries left out on this connection, which the store still remembers from an earlier one.
    private var leftOut: [Delivery] = []
    /// The last packet identifier of the previous connection.
    private var lastPacket: UInt16?
    /// A Boolean value that indicates whether this connection's first message is still to come.
    private var isFresh = false
    /// A Boolean value that indicates whether the broker restarts packet identifiers at 1 on each connection, as RabbitMQ
    /// does. They then cannot be compared across connections.
    private var renumbers = false

    package init(recent: RecentDeliveries = RecentDeliveries()) {
        known = [:]
        end = recent.end
        // The store forgets groups, not single deliveries.
        floor = recent.groups.first.map { $0.past - 1 } ?? recent.end
        connectionStart = recent.end
        heard = floor
        lastPacket = recent.groups.last?.deliveries.last?.packet
        for group in recent.groups {
            for delivery in group.deliveries {
                known[delivery.packet] = Known(fingerprint: delivery.fingerprint, number: group.past - 1)
            }
        }
    }

    /// Notes a new connection. Without a session the broker has forgotten what it sent.
    package mutating func connected(sessionPresent: Bool) {
        connectionStart = end
        heard = end
        isFresh = true
        isRedelivering = sessionPresent
        leftOut = []
        if !sessionPresent { forget(before: end) }
    }

    /// Judges a group without changing anything, so that a group that can't be stored can be judged again.
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
                areNew[index] = !(mayCompare && isStored(delivery))
            }
        }
        let known = zip(group, areNew).compactMap { $1 ? nil : $0 }
        // Deliveries from an earlier connection are recorded again only when that connection is forgotten, not each time
        // they are repeated: a gateway that is killed again and again during a redelivery would push out those to come.
        let note = DeliveryNote(
            deliveries: (endsRedelivery ? leftOut + known : []) + zip(group, areNew).compactMap { $1 ? $0 : nil },
            end: end + Int64(group.count), floor: endsRedelivery ? max(floor, connectionStart) : floor,
            leftOut: known.count)
        return Judgement(areNew: areNew, note: note, group: group, endsRedelivery: endsRedelivery)
    }

    private func isStored(_ delivery: Delivery) -> Bool {
        guard let stored = known[delivery.packet] else { return false }
        return stored.fingerprint == delivery.fingerprint && floor..<connectionStart ~= stored.number
    }

    /// Returns whether identifiers restart on each connection, judging by this connection's first message.
    private func renumbers(after message: Delivery?) -> Bool {
        guard isFresh, let message, let lastPacket else { return renumbers }
        if message.packet != 1 { return false }
        // After 65535 comes 1 anyway. One that came before may have been the first of all.
        return !message.isRedelivered && lastPacket > 1 && lastPacket < .max ? true : renumbers
    }

    /// Adopts a judgement once its group is stored.
    package mutating func accept(_ judgement: Judgement) {
        let group = judgement.group
        if isFresh, let message = group.first {
            renumbers = renumbers(after: message)
            isFresh = false
        }
        if let last = group.last { lastPacket = last.packet }
        for (number, delivery) in zip(end..., group) {
            known[delivery.packet] = Known(fingerprint: delivery.fingerprint, number: number)
        }
        end = judgement.note.end
        if judgement.endsRedelivery {
            isRedelivering = false
            leftOut = []
            forget(before: judgement.note.floor)
        } else if judgement.note.leftOut > 0 {
            leftOut += zip(group, judgement.areNew).compactMap { $1 ? nil : $0 }
        }
        if known.count > 2 * Self.mostKnown {
            forget(before: known.values.map(\.number).sorted()[known.count - Self.mostKnown])
        }
    }

    private mutating func forget(before number: Int64) {
        guard number > floor else { return }
        floor = number
        known = known.filter { $0.value.number >= number }
    }

    /// The broker has heard the acknowledgements of the first so many messages of this connection.
    ///
    /// - Returns: whether none of those that are remembered can come again.
    package mutating func acknowledged(_ count: Int) -> Bool {
        // While earlier ones may still come again, none of the later ones can go.
        if !isRedelivering { forget(before: heard) }
        heard = max(heard, min(end, connectionStart + Int64(count)))
        return floor == end
    }

    /// The note that makes the store forget what can't be repeated.
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
