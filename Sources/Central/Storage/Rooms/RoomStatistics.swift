public import Building

/// A room and where it is.
public struct RoomAddress: Hashable, Sendable {
    public var room: Int
    public var slug: String
    public var name: String
    public var hotel: Int
    public var building: String
    public var buildingName: String
    public var floorName: String
    /// IANA name, of the building.
    public var timeZone: String
}

/// What the numbers of a range were.
public struct RoomStatistics: Hashable, Sendable {
    public var count: Int
    public var sum: Double
    public var minimum: Double
    public var maximum: Double
    public var last: Double
    /// When it was measured.
    public var minimumTime: Timestamp
    public var maximumTime: Timestamp
    public var lastTime: Timestamp
    public var quality: Quality

    public var average: Double { sum / Double(count) }
}

/// How long each state of a range held.
public struct StateStatistics: Hashable, Sendable {
    public var count: Int
    /// The share of the time that is known, 0…1; `nil` where none is.
    public var share: Double?
    public var last: String
    public var lastTime: Timestamp
    public var quality: Quality
}

/// A quarter of an hour of a room's climate.
public struct ClimateQuarter: Hashable, Sendable {
    public var start: Timestamp
    public var averageCelsius: Double
    public var minimumCelsius: Double
    public var maximumCelsius: Double
    /// The newest that was known by the quarter's end, °C; `nil` where none was.
    public var setpointCelsius: Double?
    public var count: Int
    public var sumCelsius: Double
}
