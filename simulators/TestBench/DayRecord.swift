/// A record of one or more simulated days.
package struct DayRecord: Sendable, Hashable {
    /// The state at one moment.
    package struct Sample: Sendable, Hashable, Codable {
        /// The number of seconds since the first midnight.
        package var second: Int
        /// The outdoor temperature, in °C.
        package var outdoorCelsius: Double
        /// The supply temperature of the heating water, in °C.
        package var supplyCelsius: Double
        /// The room's true air temperature, in °C, which no sensor shows.
        package var roomCelsius: Double
        /// The temperature fused from the sensors, in °C; `nil` before the first decision.
        package var fusedCelsius: Double?
        /// The temperature that is controlled for, in °C.
        package var setpointCelsius: Double
        /// The commanded valve level, in %.
        package var levelPercent: Int
        /// The heat that the radiator has drawn from the water since the first midnight.
        package var heatKilowattHours: Double
        /// The number of guests in the room.
        package var guests: Int
        /// The reason for the valve level, in English.
        package var reason: String
    }

    /// The settings of the run.
    package var settings: DaySettings
    /// One sample per minute, from midnight to midnight: 1,441 for a day.
    package var samples: [Sample]
    /// The number of commands to the valve.
    package var valveCommands: Int
    /// The sum of all commanded valve moves, in %.
    package var valveTravelPercent: Int
    /// The latest reports of the sensors, in °C.
    package var lastReadings: [Double]

    /// The samples on the hour, 0…24 for a day.
    package var hourly: [Sample] { samples.filter { $0.second.isMultiple(of: 3600) } }
}
