import Building
import Synchronization

/// The number of messages, for any client, that the broker reports as dropped since it started. mosquitto reports it;
/// other brokers may not.
final class BrokerDrops: Sendable {
    static let topic = "$SYS/broker/publish/messages/dropped"

    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    /// Takes the payload of the broker's report; anything but a non-negative number is ignored.
    func take(_ payload: [UInt8]) {
        guard let number = Int64(String(decoding: payload.prefix(20), as: UTF8.self)), number >= 0 else { return }
        count.store(number, ordering: .relaxed)
    }
}
