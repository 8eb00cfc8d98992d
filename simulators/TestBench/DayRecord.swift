/// What happened in a simulated day, or in several.
public struct DayRecord: Sendable, Hashable {
    /// The state of things at one moment.
    public struct Sample: Sendable, Hashable, Codable {
        /// Seconds since the first midnight.
        public var second: Int
        public var outdoorCelsius: Double
        public var supplyCelsius: Double
        /// The room's true air temperature, which no sensor shows.
        public var roomCelsius: Double
        /// What the sensors say together; `nil` before the first verdict.
        public var fusedCelsius: Double?
        public var setpointCelsius: Double
        /// What the valve was told, in %.
        public var levelPercent: Int
        /// What the radiator has taken from its water since the first midnight.
        public var heatKilowattHours: Double
        public var guests: Int
        /// Why the valve is where it is.
        public var reason: String
    }

    public var settings: DaySettings
    /// One a minute, from midnight to midnight: 1,441 for a day.
    public var samples: [Sample]
    public var valveCommands: Int
    /// The sum of all moves that the valve was told, in %.
    public var valveTravelPercent: Int
    /// What the sensors reported last, in °C.
    public var lastReadings: [Double]

    /// The samples on the hour, 0…24 for a day.
    public var hourly: [Sample] { samples.filter { $0.second.isMultiple(of: 3600) } }
}
