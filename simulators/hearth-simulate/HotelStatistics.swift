import Building
import CivilTime
import ClimateControl
import Foundation
import ReadingFiles
import RoomPhysics
import SimulatedDevices

/// A comparison of a simulated with a recorded hotel: the same figures for both, restricted to the hours that were
/// recorded.
struct HotelStatistics {
    /// The subject of a comparison: a datapoint of all rooms, or of one meter.
    struct Measure: Hashable {
        var datapoint: Datapoint
        var device: String?

        init(_ series: SeriesKey) {
            datapoint = series.datapoint
            device = series.deviceClass == .powerMeter ? series.device : nil
        }

        init(_ datapoint: Datapoint, device: String? = nil) {
            self.datapoint = datapoint
            self.device = device
        }
    }

    private static let days = 30
    private static let stepSeconds = 60.0
    /// The number of days at the start that are left out, in which the rooms settle.
    private static let settlingDays = 1

    private(set) var recorded: [Measure: HourlyStatistics] = [:]
    private(set) var simulated: [Measure: HourlyStatistics] = [:]
    private var problems = ProblemTally(kept: 20)

    /// Simulates a month of each room and meter of `inventory`; the rooms are held at 22 °C by Hearth.
    ///
    /// - Parameter files: CSV files in the formats that `replay` reads.
    ///
    /// - Throws: `FileError` if one can't be read.
    init(inventory: Inventory, files: [String], seed: UInt64) throws {
        for file in files { try read(file, of: inventory) }
        for room in inventory.floors.flatMap(\.rooms) { live(in: room, seed: seed) }
        for meter in inventory.devices where meter.deviceClass == .powerMeter { live(behind: meter, seed: seed) }
    }

    /// The problems of unreadable rows, one line each.
    var troubles: [String] { problems.first.map(\.description) }

    /// Adds the readings of a file to the recorded figures.
    private mutating func read(_ path: String, of inventory: Inventory) throws {
        // Local times are read as if they were UTC: only the local hour matters.
        let context = FileContext(
            building: nil, calendar: .utc, zoneName: "local time", rooms: inventory.floors.flatMap(\.rooms))
        var file = try ReadingFile(path, of: context)
        var rows: [ReadingFile.Row] = []
        while try file.readRecord(into: &rows, &problems) {
            for row in rows {
                let measure = Measure(file.series[row.series])
                guard let value = row.value.measured else { continue }
                let second = row.time.secondsSince1970
                recorded[measure, default: HourlyStatistics()].add(value, second: second)
            }
            rows.removeAll(keepingCapacity: true)
        }
    }

    /// Returns whether readings of this hour of the day were recorded; true if there are none of the measure at all.
    private func wasRecorded(_ measure: Measure, second: Double) -> Bool {
        guard let hours = recorded[measure]?.hours else { return true }
        return hours[Int(second / 3600) % 24] != nil
    }

    /// Adds a simulated value, if its hour was recorded.
    private mutating func add(_ value: Double, _ measure: Measure, second: Double) {
        guard wasRecorded(measure, second: second) else { return }
        simulated[measure, default: HourlyStatistics()].add(value, second: second)
    }

    /// Simulates a room.
    private mutating func live(in entry: Inventory.Room, seed: UInt64) {
        let sensors = entry.devices.filter { $0.deviceClass == .temperatureSensor }.map(\.id)
        var room = SimulatedRoom(
            oneOfItsKind: entry.slug, sensors: sensors.count, outdoorDay: OutdoorDay(), startSecondOfDay: 0, seed: seed)
        var climate = RoomClimate(
            settings: RoomClimateSettings(configuredSensors: sensors),
            startedAt: MonotonicInstant(sinceOrigin: .zero))
        for measure in simulated.keys { simulated[measure]?.cut() }
        for step in 0..<Int(Double(Self.days + Self.settlingDays) * 86_400 / Self.stepSeconds) {
            let second = Double(step) * Self.stepSeconds
            let now = MonotonicInstant(sinceOrigin: .seconds(second))
            for (index, sensor) in sensors.enumerated() {
                climate.observe(sensor: sensor, celsius: room.readTemperature(sensor: index), at: now)
            }
            climate.observe(isOccupied: room.guests.areHere, at: now)
            if let decision = climate.decide(at: now) { room.move(valveTo: decision.level) }
            if second >= Double(Self.settlingDays) * 86_400 {
                let air = room.readAirQuality()
                add(air.temperatureCelsius, Measure(.temperature), second: second)
                add(air.humidityPercent, Measure(.humidity), second: second)
                add(air.co2, Measure(.co2), second: second)
                add(room.guests.areHere ? 100 : 0, Measure(.presenceState), second: second)
            }
            room.advance(seconds: Self.stepSeconds)
        }
    }

    /// Simulates a meter.
    private mutating func live(behind device: Inventory.Device, seed: UInt64) {
        var meter = PowerMeter(load: PowerMeter.Load(behind: device), seed: seed, name: device.id)
        for step in 0..<Int(Double(Self.days) * 86_400 / Self.stepSeconds) {
            let second = Double(step) * Self.stepSeconds
            add(
                meter.kilowatts(secondOfDay: second), Measure(.powerKilowatts, device: device.id), second: second)
            meter.advance(seconds: Self.stepSeconds)
        }
    }
}

extension ReadingValue {
    /// The value as a number, with presence as the share of time in %; `nil` for other states.
    fileprivate var measured: Double? {
        switch self {
        case .number(let number): number
        case .text("occupied"): 100
        case .text("unoccupied"): 0
        case .text: nil
        }
    }
}
