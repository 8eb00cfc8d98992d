import Foundation
import Rig
import Synchronization

/// Sensors that count up, at QoS 1 and at a steady rate. What the broker acknowledged is told apart from what it may or
/// may not have taken when it died; neither is ever sent again, so that what is there twice was doubled further on.
final class Publisher: Sendable {
    static let sensors = 10

    /// The numbers of readings; a number's remainder by `sensors` is its sensor.
    struct Sent: Sendable {
        var acknowledged: Set<Int> = []
        var uncertain: Set<Int> = []
    }

    private let port: Int
    private let room: String
    private let rate: Double
    private let sent = Mutex(Sent())
    private let isStopping = Atomic(false)
    private let hasEnded = Atomic(false)

    /// - Parameter rate: readings a second.
    init(port: Int, room: String, rate: Double) {
        self.port = port
        self.room = room
        self.rate = rate
        Thread.detachNewThread { [self] in
            run()
            hasEnded.store(true, ordering: .releasing)
        }
    }

    var acknowledgedSoFar: Int { sent.withLock { $0.acknowledged.count } }

    /// Sends nothing new, and waits for the broker's acknowledgements.
    func finish() async throws -> Sent {
        isStopping.store(true, ordering: .releasing)
        try await eventually("the broker acknowledges what it was sent") { hasEnded.load(ordering: .acquiring) }
        return sent.withLock { $0 }
    }

    static func device(_ number: Int) -> String { "s\(number % sensors)" }

    // MARK: On the thread

    /// A broker writes what it holds to its file after it has acknowledged it: what it acknowledged so shortly before
    /// its death it may have forgotten, and no gateway ever saw it.
    private static let brokerSavesWithin = Duration.seconds(1)

    private func run() {
        let start = ContinuousClock.now
        var next = 0
        var late = Duration.zero
        while !isStopping.load(ordering: .acquiring) {
            guard let connection = Connection(port: port, clientID: "chaos-\(room)") else {
                late += Self.pause(.milliseconds(50))
                continue
            }
            var acknowledgements: [(number: Int, at: ContinuousClock.Instant)] = []
            connection.serve {
                isStopping.load(ordering: .acquiring)
            } message: {
                guard ContinuousClock.now - start - late >= .seconds(Double(next) / rate) else { return nil }
                defer { next += 1 }
                let payload = #"{"sensorID":"\#(Self.device(next))","type":"energy_kwh","value":\#(next)}"#
                return (next, "/readings/\(room)/energy_kwh", payload)
            } acknowledged: { number in
                acknowledgements.append((number, .now))
                _ = sent.withLock { $0.acknowledged.insert(number) }
            }
            let wasKilled = !isStopping.load(ordering: .acquiring)
            let end = ContinuousClock.now
            let last = acknowledgements.filter { wasKilled && end - $0.at < Self.brokerSavesWithin }.map(\.number)
            sent.withLock { sent in
                sent.uncertain.formUnion(connection.unanswered)
                sent.uncertain.formUnion(last)
                sent.acknowledged.subtract(last)
            }
        }
    }

    private static func pause(_ duration: Duration) -> Duration {
        Thread.sleep(forTimeInterval: duration / .seconds(1))
        return duration
    }
}

/// One MQTT 3.1.1 connection that publishes, spoken byte by byte: unlike a client library it says which message was
/// acknowledged, and sends none again.
private final class Connection {
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
