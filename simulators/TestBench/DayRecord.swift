/// What happened in a simulated day, or in several.
package struct DayRecord: Sendable, Hashable {
    /// The state of things at one moment.
    package struct Sample: Sendable, Hashable, Codable {
        /// Seconds since the first midnight.
        package var second: Int
        package var outdoorCelsius: Double
        package var supplyCelsius: Double
        /// The room's true air temperature, which no sensor shows.
        package var roomCelsius: Double
        /// What the sensors say together; `nil` before the first verdict.
        package var fusedCelsius: Double?
        package var setpointCelsius: Double
        /// What the valve was told, in %.
        package var levelPercent: Int
        /// What the radiator has taken from its water since the first midnight.
        package var heatKilowattHours: Double
        package var guests: Int
        /// Why the valve is where it is.
        package var reason: String
    }

    package var settings: DaySettings
    /// One a minute, from midnight to midnight: 1,441 for a day.
    package var samples: [Sample]
    package var valveCommands: Int
    /// The sum of all moves that the valve was told, in %.
    package var valveTravelPercent: Int
    /// What the sensors reported last, in °C.
    package var lastReadings: [Double]

    /// The samples on the hour, 0…24 for a day.
    package var hourly: [Sample] { samples.filter { $0.second.isMultiple(of: 3600) } }
}
