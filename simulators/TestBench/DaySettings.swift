package import ClimateControl
package import RoomPhysics

/// A day or more to be lived through in virtual time.
package struct DaySettings: Sendable, Hashable {
    /// Someone changes the set-point.
    package struct Change: Sendable, Hashable {
        /// Seconds since the first midnight.
        package var second: Int
        package var setpointCelsius: Double

        package init(second: Int, setpointCelsius: Double) {
            self.second = second
            self.setpointCelsius = setpointCelsius
        }
    }

    /// A sensor fails, and stays so.
    package struct Failure: Sendable, Hashable {
        /// From 0 to 4.
        package var sensor: Int
        package var fault: SensorFault
        /// Seconds since the first midnight.
        package var second: Int

        package init(sensor: Int, fault: SensorFault, second: Int) {
            self.sensor = sensor
            self.fault = fault
            self.second = second
        }
    }

    package var room: RoomParameters
    package var controller: ControllerKind
    package var climate: RoomClimateSettings
    package var weather: Weather
    package var seed: UInt64
    package var days: Int
    /// How often each sensor reports, in s; brought to a multiple of the simulation's step of 5 s.
    package var sensorIntervalSeconds: Int
    /// The first hours, in which the room warms up from `startCelsius`, do not count in the summary.
    package var settlingHours: Int
    /// The room's temperature at midnight, in °C; its structure is half a kelvin colder.
    package var startCelsius: Double
    package var changes: [Change]
    package var failures: [Failure]
    /// When the window is open, in seconds since the first midnight.
    package var windows: [Range<Int>]
    /// Whether the controller is told the outdoor temperature (once in 10 min) and presence.
    package var tellsSurroundings: Bool

    package init(
        room: RoomParameters, controller: ControllerKind = .hearth,
        climate: RoomClimateSettings = RoomClimateSettings(), weather: Weather = Weather(), seed: UInt64 = 1,
        days: Int = 1, sensorIntervalSeconds: Int = 5, settlingHours: Int = 6, startCelsius: Double = 21,
        changes: [Change] = [], failures: [Failure] = [], windows: [Range<Int>] = [],
        tellsSurroundings: Bool = true
    ) {
        self.room = room
        self.controller = controller
        self.climate = climate
        self.weather = weather
        self.seed = seed
        self.days = max(1, days)
        self.sensorIntervalSeconds = max(5, sensorIntervalSeconds / 5 * 5)
        self.settlingHours = min(self.days * 24 - 1, max(0, settlingHours))
        self.startCelsius = startCelsius
        self.changes = changes
        self.failures = failures
        self.windows = windows
        self.tellsSurroundings = tellsSurroundings
    }
}
