/// The series that tell of one datapoint in a room.
package struct RoomSeries: Hashable, Sendable {
    /// IANA name, of the building.
    package var timeZone: String
    /// Of the devices that measure. What the gateway's own controller says counts only where no other device does.
    var series: [Int]
    /// Whether all that was ever said of it are states in words.
    package var isText: Bool
    /// What of their readings may be told; every question about them keeps to it.
    let visible: VisibleRange
    /// What the room's devices have ever told of, for telling a caller. Sorted.
    package var datapoints: [String]

    /// Whether there is any device that told of it.
    package var isKnown: Bool { !series.isEmpty }
}

/// What the readings of a bucket were.
package struct HistoryBucket: Hashable, Sendable {
    /// Seconds since 1970.
    package var start: Int64
    package var count: Int
    package var sum: Double
    package var minimum: Double
    package var maximum: Double
    package var last: Double

    package var average: Double { sum / Double(count) }
}
