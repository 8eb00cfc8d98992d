import Building
import Synchronization

/// How many messages the broker says it has dropped, for any client, since it started. mosquitto tells; others may not.
final class BrokerDrops: Sendable {
    static let topic = "$SYS/broker/publish/messages/dropped"

    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    func take(_ payload: [UInt8]) {
        guard let number = Int64(String(decoding: payload.prefix(20), as: UTF8.self)), number >= 0 else { return }
        count.store(number, ordering: .relaxed)
    }
}
