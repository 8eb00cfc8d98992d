/// Cuts a stream of bytes into MQTT packets.
struct PacketStream {
    struct Packet {
        var bytes: [UInt8]
        /// Where the variable header begins.
        var start: Int

        var type: UInt8 { bytes[0] >> 4 }
        static let connect: UInt8 = 1
        static let connectAnswer: UInt8 = 2
        static let publish: UInt8 = 3
        static let publishAnswer: UInt8 = 4

        /// A Boolean value that indicates whether a PUBLISH says that it was sent before (DUP).
        var isRedelivered: Bool { bytes[0] & 0x08 != 0 }

        func number(at offset: Int) -> UInt16? {
            guard offset + 1 < bytes.count else { return nil }
            return UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
        }

        /// A PUBLISH at QoS 1 or 2, taken apart; `nil` for anything else.
        ///
        /// - Parameter version: 4 for MQTT 3.1.1, 5 for MQTT 5, which has properties before the payload.
        func publication(version: UInt8) -> (id: UInt16, topic: String, payload: String)? {
            guard type == Self.publish, bytes[0] & 0x06 != 0, let length = number(at: start) else { return nil }
            let afterTopic = start + 2 + Int(length)
            guard let id = number(at: afterTopic) else { return nil }
            var body = afterTopic + 2
            if version == 5, body < bytes.count {
                guard let properties = PacketStream.length(in: bytes, at: body) else { return nil }
                body = properties.end + properties.value
            }
            guard body <= bytes.count else { return nil }
            return (
                id, String(decoding: bytes[(start + 2)..<afterTopic], as: UTF8.self),
                String(decoding: bytes[body...], as: UTF8.self)
            )
        }
    }

    private var rest: [UInt8] = []

    /// Takes bytes and gives the packets that are whole now.
    mutating func packets(adding bytes: some Sequence<UInt8>) -> [Packet] {
        rest += bytes
        var packets: [Packet] = []
        var position = 0
        while position < rest.count, let length = Self.length(in: rest, at: position + 1) {
            let end = length.end + length.value
            guard end <= rest.count else { break }
            packets.append(Packet(bytes: Array(rest[position..<end]), start: length.end - position))
            position = end
        }
        rest.removeFirst(position)
        return packets
    }

    /// A length in MQTT's own form: seven bits a byte, the lowest first. `nil` while its bytes have not all come.
    static func length(in bytes: [UInt8], at start: Int) -> (value: Int, end: Int)? {
        var value = 0
        for index in 0..<4 {
            guard start + index < bytes.count else { return nil }
            value |= Int(bytes[start + index] & 0x7F) << (7 * index)
            if bytes[start + index] & 0x80 == 0 { return (value, start + index + 1) }
        }
        return nil
    }

    static func encoded(length: Int) -> [UInt8] {
        var rest = length
        var bytes: [UInt8] = []
        repeat {
            bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }
}
