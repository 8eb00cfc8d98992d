package import CivilTime

/// The series of one datapoint in a room.
package struct RoomSeries: Hashable, Sendable {
    /// The building's.
    package var calendar: LocalCalendar
    /// The ids of the measuring devices' series. Those of the gateway's own controller are used only if there are no
    /// others.
    var series: [Int]
    /// A Boolean value that indicates whether all values so far are states in words.
    package var isText: Bool
    /// The visible range of readings, which every query of the series keeps to.
    let visible: VisibleRange
    /// The names of all datapoints the room's devices ever sent, sorted, for messages to the caller.
    package var datapoints: [String]

    /// A Boolean value that indicates whether any device has sent the datapoint.
    package var isKnown: Bool { !series.isEmpty }
}

/// The statistics of the readings in a bucket, in the datapoint's unit.
package struct HistoryBucket: Hashable, Sendable {
    /// The start of the bucket in seconds since 1970.
    package var start: Int64
    /// The number of readings, at least 1.
    package var count: Int
    /// The sum of the readings.
    package var sum: Double
    /// The smallest reading.
    package var minimum: Double
    /// The largest reading.
    package var maximum: Double
    /// The last reading.
    package var last: Double

    /// The mean of the readings, not weighted by time.
    package var average: Double { sum / Double(count) }
}
