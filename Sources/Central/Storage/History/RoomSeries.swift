/// The series that tell of one datapoint in a room.
public struct RoomSeries: Hashable, Sendable {
    /// IANA name, of the building.
    public var timeZone: String
    /// Of the devices that measure. What the gateway's own controller says counts only where no other device does.
    var series: [Int]
    /// Whether all that was ever said of it are states in words.
    public var isText: Bool
    /// What of their readings may be told; every question about them keeps to it.
    let visible: VisibleRange
    /// What the room's devices have ever told of, for telling a caller. Sorted.
    public var datapoints: [String]

    /// Whether there is any device that told of it.
    public var isKnown: Bool { !series.isEmpty }
}

/// What the readings of a bucket were.
public struct HistoryBucket: Hashable, Sendable {
    /// Seconds since 1970.
    public var start: Int64
    public var count: Int
    public var sum: Double
    public var minimum: Double
    public var maximum: Double
    public var last: Double

    public var average: Double { sum / Double(count) }
}
