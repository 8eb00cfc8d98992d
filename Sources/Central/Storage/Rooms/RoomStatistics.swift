package import Building

/// A room and where it is.
package struct RoomAddress: Hashable, Sendable {
    package var room: Int
    package var slug: String
    package var name: String
    package var hotel: Int
    package var building: String
    package var buildingName: String
    package var floorName: String
    /// IANA name, of the building.
    package var timeZone: String
}

/// What the numbers of a range were.
package struct RoomStatistics: Hashable, Sendable {
    package var count: Int
    package var sum: Double
    package var minimum: Double
    package var maximum: Double
    package var last: Double
    /// When it was measured.
    package var minimumTime: Timestamp
    package var maximumTime: Timestamp
    package var lastTime: Timestamp
    package var quality: Quality

    package var average: Double { sum / Double(count) }
}

/// How long each state of a range held.
package struct StateStatistics: Hashable, Sendable {
    package var count: Int
    /// The share of the time that is known, 0…1; `nil` where none is.
    package var share: Double?
    package var last: String
    package var lastTime: Timestamp
    package var quality: Quality
}

/// A quarter of an hour of a room's climate.
package struct ClimateQuarter: Hashable, Sendable {
    package var start: Timestamp
    package var averageCelsius: Double
    package var minimumCelsius: Double
    package var maximumCelsius: Double
    /// The newest that was known by the quarter's end, °C; `nil` where none was.
    package var setpointCelsius: Double?
    package var count: Int
    package var sumCelsius: Double
}
