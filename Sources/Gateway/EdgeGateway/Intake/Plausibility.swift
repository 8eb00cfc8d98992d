import Building

/// Marks readings whose device gave a time that can't be right: it is kept, but nobody should build on it.
package struct Plausibility: Sendable {
    /// How far a device's own time may be from a trusted receipt time, milliseconds.
    package let milliseconds: Int64

    package init(hours: Double) { milliseconds = Int64(hours * 3_600_000) }

    /// - Parameter readings: received while the clock was trusted.
    /// - Returns: how many were marked.
    func mark(_ readings: inout [Reading]) -> Int {
        var count = 0
        for index in readings.indices {
            let event = readings[index].eventTime.millisecondsSince1970
            guard abs(event - readings[index].receivedTime.millisecondsSince1970) > milliseconds else { continue }
            readings[index].quality = max(readings[index].quality, .degraded)
            count += 1
        }
        return count
    }
}
