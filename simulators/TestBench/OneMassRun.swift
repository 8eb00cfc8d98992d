import Building
public import ClimateControl
public import RoomPhysics

/// Days of Hearth around a room of one mass, in virtual time.
public struct OneMassSettings: Sendable, Hashable {
    public var room: OneMassParameters
    public var climate: RoomClimateSettings
    public var outdoor: OutdoorDay
    public var days: Int
    /// The room's temperature at midnight, in °C.
    public var startCelsius: Double
    /// Whether the five sensors lag behind the air as those on walls do (3 to 7 min), or show it at once.
    public var sensorsLag: Bool
    /// How often the sensors report and the room is decided upon, in s; a multiple of 5.
    public var periodSeconds: Int
    /// Whether the controller is told the outdoor temperature.
    public var tellsOutdoor: Bool
    /// How long ago the valve was exercised, in h.
    public var exerciseAgeHours: Double
    /// When a window is open, in seconds since the first midnight.
    public var windows: [Range<Int>]
    public var changes: [DaySettings.Change]
    /// When the controller is started anew from its snapshot, in seconds since the first midnight.
    public var restarts: [Int]
    public var seed: UInt64

    public init(
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

/// What happened in a room of one mass.
public struct OneMassRecord: Sendable {
    public struct Sample: Sendable {
        /// Seconds since the first midnight.
        public var second: Int
        /// The true temperature, in °C.
        public var celsius: Double
        /// What was regulated for, in °C.
        public var targetCelsius: Double
        public var levelPercent: Int
        public var isWindowTakenForOpen: Bool
        public var isWindowOpen: Bool
        public var reason: String
    }

    /// One a minute.
    public var samples: [Sample]
    public var commands: Int
    public var travelPercent: Int

    /// The minutes in which a window was taken for open that is not.
    public var falseWindowMinutes: Int { samples.count { $0.isWindowTakenForOpen && !$0.isWindowOpen } }

    /// How far the room was from its target, in K, from `second` on.
    public func errors(from second: Int) -> [Double] {
        samples.filter { $0.second >= second }.map { $0.celsius - $0.targetCelsius }
    }
}

public struct OneMassRun {
    private static let stepSeconds = 5
    private static let dayStart: Int64 = 1_768_176_000_000

    /// Lives through the days. The same settings always give the same record.
    public static func run(_ settings: OneMassSettings) -> OneMassRecord {
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
                        isWindowOpen: isOpen, reason: decision?.reason ?? ""))
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
