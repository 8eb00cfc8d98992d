import Foundation
import Synchronization

/// Reads along on the connections between broker and gateway: which readings were delivered, and which of them the
/// gateway acknowledged. Made for readings that count up.
struct DeliveryWatch {
    struct Reading: Hashable, Sendable {
        var topic: String
        var number: Int
        /// As the broker says.
        var isRedelivered = false
    }

    private var connections: [Int: Connection] = [:]

    private struct Connection {
        var version: UInt8 = 4
        var toClient = PacketStream()
        var toServer = PacketStream()
        /// What was delivered and not acknowledged, by packet identifier.
        var delivered: [UInt16: Reading] = [:]
    }

    /// - Returns: what these bytes delivered, or acknowledged.
    mutating func observe(
        _ number: Int, _ direction: TCPProxy.Direction, _ bytes: ArraySlice<UInt8>
    ) -> (delivered: [Reading], acknowledged: [Reading]) {
        var known = connections.removeValue(forKey: number) ?? Connection()
        defer { connections[number] = known }
        switch direction {
        case .toClient:
            let delivered = known.toClient.packets(adding: bytes).compactMap { packet -> Reading? in
                guard let (id, topic, payload) = packet.publication(version: known.version),
                    topic.hasPrefix("/readings/"), let number = Self.number(in: payload)
                else { return nil }
                let reading = Reading(topic: topic, number: number, isRedelivered: packet.isRedelivered)
                known.delivered[id] = reading
                return reading
            }
            return (delivered, [])
        case .toServer:
            let acknowledged = known.toServer.packets(adding: bytes).compactMap { packet -> Reading? in
                if packet.type == PacketStream.Packet.connect, packet.start + 6 < packet.bytes.count {
                    known.version = packet.bytes[packet.start + 6]
                }
                guard packet.type == PacketStream.Packet.publishAnswer else { return nil }
                return packet.number(at: packet.start).flatMap { known.delivered.removeValue(forKey: $0) }
            }
            return ([], acknowledged)
        }
    }

    private static func number(in payload: String) -> Int? {
        guard let range = payload.range(of: "\"value\":") else { return nil }
        return Int(payload[range.upperBound...].prefix(while: \.isNumber))
    }
}

/// What a gateway acknowledged to the broker, topic by topic.
final class AcknowledgementRecord: Sendable {
    /// How many messages of a topic were delivered, and how many acknowledged, those counted that came again.
    struct Counts: Sendable {
        var delivered = 0
        var acknowledged = 0
    }

    private let state = Mutex(
        (
            watch: DeliveryWatch(), delivered: [String: Set<Int>](), acknowledged: [String: Set<Int>](),
            unmarked: [String: Set<Int>](), counts: [String: Counts]()
        ))

    /// For `TCPProxy`.
    func observe(_ connection: Int, _ direction: TCPProxy.Direction, _ bytes: ArraySlice<UInt8>) {
        state.withLock { state in
            let (delivered, acknowledged) = state.watch.observe(connection, direction, bytes)
            for reading in delivered {
                state.counts[reading.topic, default: Counts()].delivered += 1
                let isNew = state.delivered[reading.topic, default: []].insert(reading.number).inserted
                if !isNew, !reading.isRedelivered { state.unmarked[reading.topic, default: []].insert(reading.number) }
            }
            for reading in acknowledged {
                state.acknowledged[reading.topic, default: []].insert(reading.number)
                state.counts[reading.topic, default: Counts()].acknowledged += 1
            }
        }
    }

    func counts(topic: String) -> Counts { state.withLock { $0.counts[topic] ?? Counts() } }
    /// Those that the broker delivered again without saying so: nobody can tell them from new ones of the same content.
    func unmarked(topic: String) -> Set<Int> { state.withLock { $0.unmarked[topic] ?? [] } }
    func acknowledged(topic: String) -> Set<Int> { state.withLock { $0.acknowledged[topic] ?? [] } }
}
