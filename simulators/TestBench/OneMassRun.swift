import Building
package import ClimateControl
package import RoomPhysics

/// The settings of a run of Hearth's controller with a one-mass room, in virtual time.
package struct OneMassSettings: Sendable, Hashable {
    /// The room.
    package var room: OneMassParameters
    /// The settings of the room's climate control.
    package var climate: RoomClimateSettings
    /// The outdoor temperature of each day.
    package var outdoor: OutdoorDay
    /// The number of days, at least 1.
    package var days: Int
    /// The room's temperature at midnight, in °C.
    package var startCelsius: Double
    /// A Boolean value that indicates whether the five sensors lag behind the air as those on walls do (3 to 7 min)
    /// instead of showing it at once.
    package var sensorsLag: Bool
    /// The period of sensor reports and of decisions, in s; a multiple of 5.
    package var periodSeconds: Int
    /// A Boolean value that indicates whether the controller receives the outdoor temperature.
    package var tellsOutdoor: Bool
    /// The time since the valve was last exercised, in h.
    package var exerciseAgeHours: Double
    /// The times at which a window is open, in seconds since the first midnight.
    package var windows: [Range<Int>]
    /// The changes of the set-point.
    package var changes: [DaySettings.Change]
    /// The times at which the controller is restarted from its snapshot, in seconds since the first midnight.
    package var restarts: [Int]
    /// The seed that determines the sensors' errors.
    package var seed: UInt64

    /// Creates settings; values out of range are clamped.
    package init(
        room: OneMassParameters, climate: RoomClimateSettings = RoomClimateSettings(),
        outdoor: OutdoorDay = OutdoorDay(), days: Int = 5, startCelsius: Double = 20, sensorsLag: Bool = true,
        periodSeconds: Int = 10, tellsOutdoor: Bool = true, exerciseAgeHours: Double = 0, windows: [Range<Int>] = [],
        changes: [DaySettings.Change] = [], restarts: [Int] = [], seed: UInt64 = 1
    ) {
        self.room = room
        self.climate = climate
        self.outdoor = outdoor
        self.days = max(1, days)
        self.startCelsius = startCelsius
        self.sensorsLag = sensorsLag
        self.periodSeconds = max(5, periodSeconds / 5 * 5)
        self.tellsOutdoor = tellsOutdoor
        self.exerciseAgeHours = exerciseAgeHours
        self.windows = windows
        self.changes = changes
        self.restarts = restarts
        self.seed = seed
    }
}

/// A record of a run with a one-mass room.
package struct OneMassRecord: Sendable {
    /// The state at one moment.
    package struct Sample: Sendable {
        /// The number of seconds since the first midnight.
        package var second: Int
        /// The true temperature, in °C.
        package var celsius: Double
        /// The temperature that was controlled for, in °C.
        package var targetCelsius: Double
        /// The commanded valve level, in %.
        package var levelPercent: Int
        /// A Boolean value that indicates whether the controller assumes that a window is open.
        package var isWindowTakenForOpen: Bool
        /// A Boolean value that indicates whether a window is open.
        package var isWindowOpen: Bool
        /// The reason for the valve level, in English.
        package var reason: String
    }

    /// One sample per minute.
    package var samples: [Sample]
    /// The number of commands to the valve.
    package var commands: Int
    /// The sum of all commanded valve moves, in %.
    package var travelPercent: Int

    /// The number of minutes in which the controller wrongly assumed an open window.
    package var falseWindowMinutes: Int { samples.count { $0.isWindowTakenForOpen && !$0.isWindowOpen } }

    /// Returns the deviations of the room from its target, in K, from `second` on.
    package func errors(from second: Int) -> [Double] {
        samples.filter { $0.second >= second }.map { $0.celsius - $0.targetCelsius }
    }
}

/// A run of Hearth's controller with a one-mass room.
package struct OneMassRun {
    private static let stepSeconds = 5
    private static let dayStart: Int64 = 1_768_176_000_000

    /// Runs the days. The same settings always give the same record.
    package static func run(_ settings: OneMassSettings) -> OneMassRecord {
        var room = OneMassRoom(parameters: settings.room, celsius: settings.startCelsius)
        var snapshot = RoomClimate.Snapshot()
        snapshot.exerciseAgeHours = settings.exerciseAgeHours
        var climate = RoomClimate(settings: settings.climate, startedAt: instant(0), restoring: snapshot)
        var sensors = TemperatureSensor.Placement.five.enumerated().map { index, place in
            TemperatureSensor(
                placement: settings.sensorsLag
                    ? place : .init(offsetKelvin: place.offsetKelvin, wallShare: 0, lagSeconds: 1),
                seed: settings.seed, name: "one mass \(index + 1)", celsius: settings.startCelsius)
        }
        var record = OneMassRecord(samples: [], commands: 0, travelPercent: 0)
        var level = 0
        var decision: Decision?
        for second in stride(from: 0, through: settings.days * 86_400, by: stepSeconds) {
            let outdoor = settings.outdoor.celsius(secondOfDay: Double(second))
            let isOpen = settings.windows.contains { $0.contains(second) }
            for change in settings.changes where change.second == second {
                _ = climate.setSetpoint(change.setpointCelsius)
            }
            if settings.restarts.contains(second) {
                climate = RoomClimate(
                    settings: settings.climate, startedAt: instant(second), restoring: climate.snapshot)
            }
            if settings.tellsOutdoor, second.isMultiple(of: 600) {
                climate.observe(outdoorCelsius: outdoor, at: instant(second))
            }
            if second.isMultiple(of: settings.periodSeconds) {
                for index in sensors.indices {
                    climate.observe(
                        sensor: "sensor-\(index + 1)", celsius: sensors[index].read(), at: instant(second))
                }
                decision =
                    climate.decide(
                        at: instant(second),
                        calendar: Timestamp(millisecondsSince1970: dayStart + Int64(second) * 1000)) ?? decision
                if let next = decision?.level.percent, next != level {
                    record.commands += 1
                    record.travelPercent += abs(next - level)
                    level = next
                }
            }
            if second.isMultiple(of: 60) {
                record.samples.append(
                    OneMassRecord.Sample(
                        second: second, celsius: room.celsius,
                        targetCelsius: decision?.targetCelsius ?? settings.climate.setpointCelsius,
                        levelPercent: level, isWindowTakenForOpen: decision?.mode == .windowOpen,
                        isWindowOpen: isOpen,
                        reason: decision.map { ControlReasonWording.english.words(for: $0.reason) } ?? ""))
            }
            room.advance(
                seconds: Double(stepSeconds), valvePercent: level, outdoorCelsius: outdoor, windowLoss: isOpen ? 5 : 0)
            for index in sensors.indices {
                sensors[index].step(
                    seconds: Double(stepSeconds), airCelsius: room.celsius, wallCelsius: room.celsius)
            }
        }
        return record
    }

    private static func instant(_ second: Int) -> MonotonicInstant {
        MonotonicInstant(sinceOrigin: .seconds(second))
    }
}
