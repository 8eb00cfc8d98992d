import Building
import ClimateControl
import EdgeConfiguration
import Foundation
import MQTT
import Synchronization
import WireFormat

/// The rooms under control. Readings come in on the broker's thread, decisions are asked for by the control loop.
final class ClimateRooms: Sendable {
    /// What is known of a room after a decision.
    struct Verdict: Sendable {
        var room: Slug
        var decision: Decision
        /// Both as they were when it was decided.
        var setpoint: Setpoint
        var mode: ModeChoice
    }

    /// Rooms that were not configured but report temperatures: no more than this, whatever is published.
    static let mostAdopted = 64

    private let configuration: EdgeConfiguration
    let clock: GatewayClock
    let rooms: Mutex<[Slug: RoomClimate]>
    private let adopted = Mutex(0)
    private let latest = Mutex<[Slug: Verdict]>([:])
    private let retained: Mutex<[Slug: RetainedMemory]>

    init(configuration: EdgeConfiguration, clock: GatewayClock, restoring saved: SavedControl) {
        self.configuration = configuration
        self.clock = clock
        let start = clock.monotonic()
        var rooms: [Slug: RoomClimate] = [:]
        var retained: [Slug: RetainedMemory] = [:]
        for room in Self.controlled(configuration) {
            let sensors = room.devices.filter { $0.deviceClass == .temperatureSensor }.map(\.id)
            retained[room.slug] = saved.rooms[room.slug.text]?.retained
            let settings = Self.settings(configuration, room: room.slug, sensors: sensors)
            rooms[room.slug] = RoomClimate(
                settings: settings, startedAt: start, restoring: saved.snapshot(of: room.slug, settings: settings))
        }
        self.rooms = Mutex(rooms)
        self.retained = Mutex(retained)
    }

    /// Those of the configured rooms that have temperature sensors.
    static func controlled(_ configuration: EdgeConfiguration) -> [Inventory.Room] {
        configuration.rooms.filter { room in room.devices.contains { $0.deviceClass == .temperatureSensor } }
    }

    private static func settings(
        _ configuration: EdgeConfiguration, room: Slug, sensors: [String]
    ) -> RoomClimateSettings {
        let control = configuration.control
        let periods = configuration.roomSchedules[room] ?? control.schedule
        let schedule = WeeklySchedule(
            periods: periods.map { period in
                WeeklySchedule.Period(
                    days: Set(period.days.compactMap(Weekday.init(rawValue:))), startMinute: period.startMinute,
                    endMinute: period.endMinute)
            }, timeZone: configuration.timeZone)
        return RoomClimateSettings(
            setpointCelsius: configuration.roomSetpointsCelsius[room] ?? control.setpointCelsius,
            ecoCelsius: control.ecoCelsius, ecoAfter: control.ecoAfter, schedule: periods.isEmpty ? nil : schedule,
            timeZone: configuration.timeZone, configuredSensors: sensors, stalenessLimit: control.stalenessLimit,
            estimateLimit: control.estimateLimit, failSafeLevel: control.failSafeLevel, controlPeriod: control.period)
    }

    func observe(_ reading: Reading) {
        let series = reading.series
        switch (series.datapoint, reading.value) {
        case (.temperature, .number(let celsius))
        where series.deviceClass == .temperatureSensor && series.room != .building:
            observe(celsius, of: series.device, in: series.room)
        case (.presenceState, .text(let state)) where series.deviceClass == .lifeBeing:
            let now = clock.monotonic()
            guard state == "occupied" || state == "unoccupied" else { return }
            rooms.withLock { $0[series.room]?.observe(isOccupied: state == "occupied", at: now) }
        case (.outdoorTemperature, .number(let celsius)) where series.room == .building:
            let now = clock.monotonic()
            rooms.withLock { rooms in
                for room in rooms.keys { rooms[room]?.observe(outdoorCelsius: celsius, at: now) }
            }
        default: break
        }
    }

    private func observe(_ celsius: Double, of sensor: String, in room: Slug) {
        let now = clock.monotonic()
        rooms.withLock { rooms in
            if rooms[room] == nil { adopt(room, into: &rooms, at: now) }
            rooms[room]?.observe(sensor: sensor, celsius: celsius, at: now)
        }
    }

    private func adopt(_ room: Slug, into rooms: inout [Slug: RoomClimate], at now: MonotonicInstant) {
        guard configuration.control.adoptsUnlistedRooms else { return }
        let isAllowed = adopted.withLock { count in
            guard count < Self.mostAdopted else { return false }
            count += 1
            return true
        }
        guard isAllowed else { return }
        rooms[room] = RoomClimate(settings: Self.settings(configuration, room: room, sensors: []), startedAt: now)
    }

    /// Whether a message on a set-point's topic is a new one, not one that the broker has kept and sends again.
    func isNew(_ message: MQTTMessage) -> Bool {
        // Of what is no room's nothing is kept: who knows how much of it there is.
        guard case .setpoint(let room)? = Topic(path: message.topic), rooms.withLock({ $0[room] != nil }) else {
            return !message.isRetained
        }
        return retained.withLock { retained in
            retained[room, default: RetainedMemory()].takes(
                Fingerprint.of(message), isRetainedCopy: message.isRetained)
        }
    }

    /// Decides for every room about which enough is known.
    func decide() -> [Verdict] {
        let now = clock.monotonic()
        let time = clock.calendar()
        let calendar = clock.isTrusted(time) ? time : nil
        let verdicts = rooms.withLock { rooms in
            rooms.keys.sorted().compactMap { slug in
                guard let decision = rooms[slug]?.decide(at: now, calendar: calendar), let room = rooms[slug] else {
                    return nil as Verdict?
                }
                return Verdict(room: slug, decision: decision, setpoint: room.setpoint, mode: room.modeChoice)
            }
        }
        latest.withLock { latest in
            for verdict in verdicts { latest[verdict.room] = verdict }
        }
        return verdicts
    }

    /// The last decision of each room.
    var verdicts: [Slug: Verdict] { latest.withLock { $0 } }

    /// What a reading is worth that has just come, as far as control knows its sensor: `failed` where no room can be
    /// like that, `degraded` while the sensor is outvoted. Of what is not used for control it thinks well.
    func quality(of reading: Reading) -> Quality {
        let series = reading.series
        guard series.datapoint == .temperature, series.deviceClass == .temperatureSensor,
            case .number(let celsius) = reading.value,
            let sensors = latest.withLock({ $0[series.room]?.decision.sensors })
        else { return .good }
        guard Self.plausibleCelsius.contains(celsius) else { return .failed }
        // One that had been silent has just been heard again.
        return sensors[series.device] == .degraded ? .degraded : .good
    }

    private static let plausibleCelsius = RoomClimateSettings().plausibleCelsius

    /// What is to outlive a restart.
    var saved: SavedControl {
        let retained = retained.withLock { $0 }
        return SavedControl(
            rooms: rooms.withLock { rooms in
                Dictionary(
                    uniqueKeysWithValues: rooms.map { slug, room in
                        (
                            slug.text,
                            SavedControl.Room(
                                configuredSetpointCelsius: room.settings.setpointCelsius, climate: room.snapshot,
                                retained: retained[slug])
                        )
                    })
            })
    }
}

/// The control loop's memory as it lies on disk.
struct SavedControl: Codable, Equatable, Sendable {
    struct Room: Codable, Equatable, Sendable {
        /// The set-point of the configuration at that time: where it has been changed since, the new one wins.
        var configuredSetpointCelsius: Double
        var climate: RoomClimate.Snapshot
        /// What was heard on the room's set-point topic.
        var retained: RetainedMemory?
    }

    var rooms: [String: Room] = [:]

    func snapshot(of room: Slug, settings: RoomClimateSettings) -> RoomClimate.Snapshot? {
        guard let saved = rooms[room.text] else { return nil }
        var snapshot = saved.climate
        if saved.configuredSetpointCelsius != settings.setpointCelsius {
            snapshot.setpoint = nil
        }
        return snapshot
    }

    /// What lies at `path`; nothing where it can't be read: control starts all the same.
    static func load(path: String) -> SavedControl {
        guard let data = FileManager.default.contents(atPath: path),
            let saved = try? JSONDecoder().decode(SavedControl.self, from: data)
        else { return SavedControl() }
        return saved
    }

    func save(path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
