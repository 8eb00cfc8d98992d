package import Building
package import CivilTime

/// A room and its place.
package struct RoomAddress: Hashable, Sendable {
    /// The room's id.
    package var room: Int
    /// The room's slug.
    package var slug: String
    /// The room's name for people.
    package var name: String
    /// The building's id.
    package var hotel: Int
    /// The building's slug.
    package var building: String
    /// The building's name for people.
    package var buildingName: String
    /// The floor's name for people.
    package var floorName: String
    /// The building's.
    package var calendar: LocalCalendar
}

/// The statistics of the numbers in a range, in the datapoint's unit.
package struct RoomStatistics: Hashable, Sendable {
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
    /// The time of the first reading that equals `minimum`.
    package var minimumTime: Timestamp
    /// The time of the first reading that equals `maximum`.
    package var maximumTime: Timestamp
    /// The time of the last reading.
    package var lastTime: Timestamp
    /// The worst quality of the readings in the last 31 days of the range.
    package var quality: Quality

    /// The mean of the readings, not weighted by time.
    package var average: Double { sum / Double(count) }
}

/// The share of time that a state held in a range.
package struct StateStatistics: Hashable, Sendable {
    /// The number of readings.
    package var count: Int
    /// The share of the known time that the state held, 0…1; `nil` if there is no known time.
    package var share: Double?
    /// The last state in the range.
    package var last: String
    /// The time of the last state.
    package var lastTime: Timestamp
    /// The worst quality of the readings.
    package var quality: Quality
}

/// A quarter-hour of a room's climate.
package struct ClimateQuarter: Hashable, Sendable {
    /// The start of the quarter-hour.
    package var start: Timestamp
    /// The mean temperature, °C.
    package var averageCelsius: Double
    /// The lowest temperature, °C.
    package var minimumCelsius: Double
    /// The highest temperature, °C.
    package var maximumCelsius: Double
    /// The newest set-point known at the end of the quarter-hour, °C; `nil` if there is none.
    package var setpointCelsius: Double?
    /// The number of temperature readings.
    package var count: Int
    /// The sum of the temperature readings, °C.
    package var sumCelsius: Double
}
