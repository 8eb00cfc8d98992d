import Building
import ClimateControl
import RoomPhysics

/// A run of a controller with a simulated room, in virtual time.
package struct DayRun {
    private static let stepSeconds = 5
    private static let sampleSeconds = 60
    private static let secondsOfDay = 86_400
    /// The first midnight on the calendar: Monday, 2026-01-12, 00:00 UTC, in milliseconds since 1970.
    private static let calendarStart: Int64 = 1_768_176_000_000

    private let settings: DaySettings
    private var room: SimulatedRoom
    private var climate: RoomClimate
    private var rival: RivalController?
    private var faults: [Int: FaultySensor] = [:]
    private var readings: [Double]
    private var setpoint: Double
    private var decision: Decision?
    private var level = 0
    private var samples: [DayRecord.Sample] = []
    private var commands = 0
    private var travel = 0

    /// Runs the days. The same settings always give the same record.
    package static func run(_ settings: DaySettings) -> DayRecord {
        var run = DayRun(settings)
        for second in stride(from: 0, through: settings.days * secondsOfDay, by: stepSeconds) {
            run.live(second: second)
        }
        return DayRecord(
            settings: settings, samples: run.samples, valveCommands: run.commands, valveTravelPercent: run.travel,
            lastReadings: run.readings)
    }

    private init(_ settings: DaySettings) {
        self.settings = settings
        room = SimulatedRoom(
            name: settings.room.name, parameters: settings.room, weather: settings.weather,
            airCelsius: settings.startCelsius, structureCelsius: settings.startCelsius - 0.5, seed: settings.seed)
        climate = RoomClimate(settings: settings.climate, startedAt: Self.instant(second: 0))
        switch settings.controller {
        case .hearth: rival = nil
        case .proportionalIntegral(let tuning): rival = RivalController(tuning: tuning, sensors: room.sensorCount)
        case .onOff: rival = RivalController(tuning: nil, sensors: room.sensorCount)
        }
        readings = Array(repeating: .nan, count: room.sensorCount)
        setpoint = settings.climate.setpointCelsius
    }

    /// Simulates one step that starts at `second`.
    private mutating func live(second: Int) {
        for change in settings.changes where change.second == second {
            setpoint = change.setpointCelsius
            _ = climate.setSetpoint(setpoint)
        }
        room.isWindowOpen = settings.windows.contains { $0.contains(second) }
        if second.isMultiple(of: settings.sensorIntervalSeconds) { readSensors(second: second) }
        tellSurroundings(second: second)
        control(second: second)
        if second.isMultiple(of: Self.sampleSeconds) { takeSample(second: second) }
        room.advance(seconds: Double(Self.stepSeconds))
    }

    /// Passes the sensors' reports, with faults applied, to the controller.
    private mutating func readSensors(second: Int) {
        for index in readings.indices {
            var value: Double? = room.readTemperature(sensor: index)
            if let failure = settings.failures.first(where: { $0.sensor == index && $0.second <= second }) {
                var faulty =
                    faults[index] ?? FaultySensor(failure.fault, seed: settings.seed, name: "sensor \(index)")
                value = value.flatMap { faulty.report($0, secondsFailed: Double(second - failure.second)) }
                faults[index] = faulty
            }
            guard let value else { continue }
            readings[index] = value
            if rival == nil {
                climate.observe(
                    sensor: "sensor-\(index + 1)", celsius: value, at: Self.instant(second: second))
            } else {
                rival?.observe(sensor: index, celsius: value)
            }
        }
    }

    /// Passes outdoor temperature and presence to the controller, if the settings say so.
    private mutating func tellSurroundings(second: Int) {
        guard settings.tellsSurroundings, rival == nil else { return }
        if second.isMultiple(of: 600) {
            climate.observe(outdoorCelsius: room.outdoorCelsius, at: Self.instant(second: second))
        }
        if second.isMultiple(of: 60) {
            climate.observe(isOccupied: room.guests.areHere, at: Self.instant(second: second))
        }
    }

    /// Lets the controller decide and moves the valve.
    private mutating func control(second: Int) {
        let next: Int
        if rival != nil {
            rival?.step(second: second, stepSeconds: Self.stepSeconds, setpointCelsius: setpoint)
            next = rival?.level ?? 0
        } else {
            let period = max(Self.stepSeconds, Int(climate.settings.controlPeriod.inSeconds) / 5 * 5)
            guard second.isMultiple(of: period) else { return }
            let calendar = Timestamp(millisecondsSince1970: Self.calendarStart + Int64(second) * 1000)
            decision = climate.decide(at: Self.instant(second: second), calendar: calendar) ?? decision
            guard let decision else { return }
            next = decision.level.percent
        }
        guard next != level else { return }
        commands += 1
        travel += abs(next - level)
        level = next
        room.move(valveTo: PercentOpen(clamping: next))
    }

    private mutating func takeSample(second: Int) {
        samples.append(
            DayRecord.Sample(
                second: second, outdoorCelsius: room.outdoorCelsius, supplyCelsius: room.supplyCelsius,
                roomCelsius: room.thermal.airCelsius,
                fusedCelsius: rival.map { $0.celsius } ?? decision?.temperatureCelsius,
                setpointCelsius: decision?.targetCelsius ?? setpoint, levelPercent: level,
                heatKilowattHours: room.thermal.heatJoules / 3_600_000, guests: room.guests.count,
                reason: decision.map { ControlReasonWording.english.words(for: $0.reason) } ?? settings.controller.name)
        )
    }

    private static func instant(second: Int) -> MonotonicInstant {
        MonotonicInstant(sinceOrigin: .seconds(second))
    }
}
