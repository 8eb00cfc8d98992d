package import ClimateControl
package import RoomPhysics

/// The settings of a run of one or more days in virtual time.
package struct DaySettings: Sendable, Hashable {
    /// A change of the set-point.
    package struct Change: Sendable, Hashable {
        /// The number of seconds since the first midnight.
        package var second: Int
        /// The new set-point, in °C.
        package var setpointCelsius: Double

        /// Creates a change.
        package init(second: Int, setpointCelsius: Double) {
            self.second = second
            self.setpointCelsius = setpointCelsius
        }
    }

    /// A permanent failure of a sensor.
    package struct Failure: Sendable, Hashable {
        /// The index of the sensor, 0…4.
        package var sensor: Int
        /// The way in which the sensor fails.
        package var fault: SensorFault
        /// The number of seconds since the first midnight.
        package var second: Int

        /// Creates a failure.
        package init(sensor: Int, fault: SensorFault, second: Int) {
            self.sensor = sensor
            self.fault = fault
            self.second = second
        }
    }

    /// The room.
    package var room: RoomParameters
    /// The controller.
    package var controller: ControllerKind
    /// The settings of the room's climate control.
    package var climate: RoomClimateSettings
    /// The weather.
    package var weather: Weather
    /// The seed that determines guests, clouds and the errors of sensors.
    package var seed: UInt64
    /// The number of days, at least 1.
    package var days: Int
    /// The interval at which each sensor reports, in s; rounded down to a multiple of the step of 5 s.
    package var sensorIntervalSeconds: Int
    /// The number of hours at the start, while the room warms up from `startCelsius`, that the summary leaves out.
    package var settlingHours: Int
    /// The room's temperature at midnight, in °C; the structure is half a kelvin colder.
    package var startCelsius: Double
    /// The changes of the set-point.
    package var changes: [Change]
    /// The failures of sensors.
    package var failures: [Failure]
    /// The times at which the window is open, in seconds since the first midnight.
    package var windows: [Range<Int>]
    /// A Boolean value that indicates whether the controller receives the outdoor temperature (every 10 min) and
    /// presence.
    package var tellsSurroundings: Bool

    /// Creates settings; values out of range are clamped.
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
