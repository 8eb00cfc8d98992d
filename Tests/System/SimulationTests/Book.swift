import Building
import Outbox

/// What the building's broker has for the gateway.
struct Message {
    /// Of this message alone.
    var serial: Int
    var reading: Reading
    var delivery: Delivery
    /// How much the clock that gave the reading's times was off, milliseconds; 0 where it was right.
    var clockError: Int64
    /// How else it may have been stored, where nobody knows which of several attempts it was.
    var otherTries: [Message] = []
}

/// What one store must account for: what `append` took, by number.
final class StoreBook {
    let store: StoreID
    /// The first has the number 1.
    var messages: [Message] = []
    /// A Boolean value that indicates whether the scene has damaged its file.
    var isDamaged = false

    init(_ store: StoreID) { self.store = store }
}

/// A reading as it must stand in the central database.
struct StoredReading: Hashable, Comparable, CustomStringConvertible {
    /// `<room>/<device> <datapoint>`
    var series: String
    var value: String
    var eventTime: Int64
    var receivedTime: Int64
    var clockTrusted: Bool
    var quality: Int

    /// What makes readings that differ only in their times one.
    var name: String { "\(series) \(value)" }

    var description: String {
        "\(name) at \(eventTime), received \(receivedTime)\(clockTrusted ? "" : " by a clock not set"), quality \(quality)"
    }

    static func < (left: StoredReading, right: StoredReading) -> Bool {
        (left.receivedTime, left.eventTime, left.quality) < (right.receivedTime, right.eventTime, right.quality)
    }
}

extension Message {
    /// What a device's time may differ from the receipt, milliseconds.
    static let plausible: Int64 = 86_400_000

    /// How it may stand there: as it was received, or with the times put right.
    var possible: [StoredReading] { versions + otherTries.flatMap(\.versions) }

    private var versions: [StoredReading] {
        let series = reading.series
        let plain = StoredReading(
            series: "\(series.room)/\(series.device) \(series.datapoint)", value: Self.spell(reading.value),
            eventTime: reading.eventTime.millisecondsSince1970,
            receivedTime: reading.receivedTime.millisecondsSince1970,
            clockTrusted: reading.clockTrusted, quality: Int(reading.quality.rawValue))
        guard !reading.clockTrusted else { return [plain] }
        var right = plain
        right.clockTrusted = true
        right.receivedTime -= clockError
        if plain.eventTime == plain.receivedTime { right.eventTime -= clockError }
        if abs(right.eventTime - right.receivedTime) > Self.plausible, right.quality == 0 { right.quality = 1 }
        var untrusted = plain
        untrusted.quality = max(untrusted.quality, 1)
        return [untrusted, right]
    }

    static func spell(_ value: ReadingValue) -> String {
        switch value {
        case .number(let number): "\(number)"
        case .text(let text): "“\(text)”"
        }
    }
}
