import Building

/// The check of device times. A reading with an implausible time is kept, but marked `degraded`.
package struct Plausibility: Sendable {
    /// The largest accepted difference between a device's time and a trusted receipt time, in milliseconds.
    package let milliseconds: Int64

    /// Creates a check with the largest accepted difference in hours.
    package init(hours: Double) { milliseconds = Int64(hours * 3_600_000) }

    /// Marks the readings whose time is implausible.
    ///
    /// - Parameter readings: readings received while the clock was trusted.
    ///
    /// - Returns: the number of marked readings.
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
