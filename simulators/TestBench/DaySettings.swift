public import ClimateControl
public import RoomPhysics

/// One day to be lived through in virtual time.
public struct DaySettings: Sendable, Hashable {
    public var room: RoomParameters
    public var climate: RoomClimateSettings
    public var outdoorDay: OutdoorDay
    public var seed: UInt64
    /// How often each sensor reports, in s.
    public var sensorIntervalSeconds: Int
    /// The first hours, in which the room warms up from `startCelsius`, do not count in the summary.
    public var settlingHours: Int
    /// The room's temperature at midnight, in °C; its structure is half a kelvin colder.
    public var startCelsius: Double

    public init(
        room: RoomParameters, climate: RoomClimateSettings = RoomClimateSettings(),
        outdoorDay: OutdoorDay = OutdoorDay(), seed: UInt64 = 1, sensorIntervalSeconds: Int = 5,
        settlingHours: Int = 6, startCelsius: Double = 21
    ) {
        self.room = room
        self.climate = climate
        self.outdoorDay = outdoorDay
        self.seed = seed
        self.sensorIntervalSeconds = max(1, sensorIntervalSeconds)
        self.settlingHours = min(23, max(0, settlingHours))
        self.startCelsius = startCelsius
    }
}
