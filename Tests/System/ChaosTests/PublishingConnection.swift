import Foundation

/// One MQTT 3.1.1 connection that publishes, spoken byte by byte: unlike a client library it says which message was
/// acknowledged, and sends none again.
final class PublishingConnection {
    private static let mostUnanswered = 100

    private let socket: Socket
    private var stream = PacketStream()
    private var waiting: [UInt16: Int] = [:]
    private var nextID: UInt16 = 1

    init?(port: Int, clientID: String) {
        guard let socket = Socket.connected(to: port) else { return nil }
        self.socket = socket
        // Protocol MQTT 4, clean session, no keep-alive.
        let body = Self.text("MQTT") + [4, 2, 0, 0] + Self.text(clientID)
        guard socket.write([PacketStream.Packet.connect << 4] + PacketStream.encoded(length: body.count) + body),
            wait(for: .seconds(5)), let answer = readPackets()?.first,
            answer.type == PacketStream.Packet.connectAnswer, answer.bytes.last == 0
        else { return nil }
    }

    var unanswered: Set<Int> { Set(waiting.values) }

    /// Publishes what `message` gives, until the connection ends, or until all is answered once it is to stop.
    func serve(
        until isStopping: () -> Bool, message: () -> (number: Int, topic: String, payload: String)?,
        acknowledged: (Int) -> Void
    ) {
        while true {
            if isStopping() {
                if waiting.isEmpty { return }
            } else {
                while waiting.count < Self.mostUnanswered, let (number, topic, payload) = message() {
                    waiting[nextID] = number
                    let body = Self.text(topic) + [UInt8(nextID >> 8), UInt8(nextID & 0xFF)] + Array(payload.utf8)
                    nextID = nextID == .max ? 1 : nextID + 1
                    let head: UInt8 = PacketStream.Packet.publish << 4 | 2
                    guard socket.write([head] + PacketStream.encoded(length: body.count) + body) else { return }
                }
            }
            guard wait(for: .milliseconds(2)) else { continue }
            guard let packets = readPackets() else { return }
            for packet in packets where packet.type == PacketStream.Packet.publishAnswer {
                if let id = packet.number(at: packet.start), let number = waiting.removeValue(forKey: id) {
                    acknowledged(number)
                }
            }
        }
    }

    private func wait(for duration: Duration) -> Bool {
        var descriptor = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, Int32(duration / .milliseconds(1))) > 0
    }

    /// `nil` at the connection's end.
    private func readPackets() -> [PacketStream.Packet]? {
        let bytes = socket.read()
        return bytes.isEmpty ? nil : stream.packets(adding: bytes)
    }

    private static func text(_ text: String) -> [UInt8] {
        [UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 0xFF)] + Array(text.utf8)
    }
}
