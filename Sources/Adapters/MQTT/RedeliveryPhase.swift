/// The beginning of a connection to a session that the broker has kept, until the first message that it sends for the
/// first time. Only within it can a message be a redelivery (MQTT 3.1.1 and 5, sections 4.4 and 4.6): it then has the
/// DUP flag and its old packet identifier, and precedes anything new.
///
/// libmosquitto does not expose the flag. It does mention it in the line that it logs just before delivering the
/// message, so that line is parsed, and only within this phase. If the line is not as expected, the message counts as
/// new: one that is stored twice does less harm than one that is lost.
struct RedeliveryPhase {
    private(set) var isOpen = false
    private let head: [UInt8]
    /// The flag and packet id of the message about to be delivered.
    private var announced: (isDuplicate: Bool, packet: Int)?

    init(clientID: String) { head = Array("Client \(clientID) received PUBLISH (d".utf8) }

    /// Starts the phase when the broker has answered CONNECT.
    mutating func begin(sessionPresent: Bool) {
        isOpen = sessionPresent
        announced = nil
    }

    /// Parses a line of libmosquitto's log: `Client <id> received PUBLISH (d1, q1, r0, m17, '<topic>', ... (12
    /// bytes))`.
    mutating func note(line: UnsafeBufferPointer<UInt8>) {
        guard isOpen, line.starts(with: head) else { return }
        var numbers: [Int] = []
        var rest = line[head.count...]
        for separator in [", q", ", r", ", m", ", "] {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard (1...5).contains(digits.count), rest.dropFirst(digits.count).starts(with: separator.utf8) else {
                return
            }
            numbers.append(digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
            rest = rest.dropFirst(digits.count + separator.utf8.count)
        }
        announced = (numbers[0] == 1, numbers[3])
    }

    /// Returns whether the broker has sent the message before. The first message that it has not ends the phase.
    mutating func takes(_ message: MQTTMessage) -> Bool {
        defer { announced = nil }
        guard isOpen, message.qualityOfService != .atMostOnce else { return false }
        if let announced, announced.isDuplicate, announced.packet == Int(message.packetID) { return true }
        isOpen = false
        return false
    }
}
