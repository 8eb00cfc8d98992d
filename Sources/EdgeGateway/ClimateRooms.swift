package import Building
import ClimateControl
import EdgeConfiguration
import Foundation
import Synchronization
import WireFormat

/// The rooms under control. Readings come in on the broker's thread, decisions are asked for by the control loop.
package final class ClimateRooms: Sendable {
    /// What is known of a room after a decision.
    struct Verdict: Sendable {
        var room: Slug
        var decision: Decision
    }

    /// Rooms that were not configured but report temperatures: no more than this, whatever is published.
    static let mostAdopted = 64

    private let configuration: EdgeConfiguration
    private let clock: GatewayClock
    let rooms: Mutex<[Slug: RoomClimate]>
    private let adopted = Mutex(0)
    private let latest = Mutex<[Slug: Decision]>([:])
    private let restored: SavedControl

    init(configuration: EdgeConfiguration, clock: GatewayClock, restoring saved: SavedControl) {
        self.configuration = configuration
        self.clock = clock
        restored = saved
        let start = clock.monotonic()
        var rooms: [Slug: RoomClimate] = [:]
        for room in configuration.rooms where !room.devices.isEmpty {
            let sensors = room.devices.filter { $0.deviceClass == .temperatureSensor }.map(\.id)
            guard !sensors.isEmpty else { continue }
            let settings = Self.settings(configuration, room: room.slug, sensors: sensors)
            rooms[room.slug] = RoomClimate(
                settings: settings, startedAt: start, restoring: saved.snapshot(of: room.slug, settings: settings))
        }
        self.rooms = Mutex(rooms)
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

    package func observe(_ reading: Reading) {
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
        let settings = Self.settings(configuration, room: room, sensors: [])
        rooms[room] = RoomClimate(
            settings: settings, startedAt: now, restoring: restored.snapshot(of: room, settings: settings))
    }

    /// `false` where the room is unknown or the set-point out of range.
    func setSetpoint(_ celsius: Double, of room: Slug) -> Bool {
        let now = clock.calendar()
        let setpoint = Setpoint(
            celsius: celsius, source: .localOperator, since: clock.isTrusted(now) ? now : nil)
        return rooms.withLock { $0[room]?.set(setpoint) ?? false }
    }

    /// Decides for every room about which enough is known.
    func decide() -> [Verdict] {
        let now = clock.monotonic()
        let time = clock.calendar()
        let calendar = clock.isTrusted(time) ? time : nil
        let verdicts = rooms.withLock { rooms in
            rooms.keys.sorted().compactMap { slug in
                rooms[slug]?.decide(at: now, calendar: calendar).map { Verdict(room: slug, decision: $0) }
            }
        }
        latest.withLock { latest in
            for verdict in verdicts { latest[verdict.room] = verdict.decision }
        }
        return verdicts
    }

    /// The last decision of each room.
    var decisions: [Slug: Decision] { latest.withLock { $0 } }

    /// What is to outlive a restart.
    var saved: SavedControl {
        SavedControl(
            rooms: rooms.withLock { rooms in
                Dictionary(
                    uniqueKeysWithValues: rooms.map { slug, room in
                        (
                            slug.text,
                            SavedControl.Room(
                                configuredSetpointCelsius: room.settings.setpointCelsius, climate: room.snapshot)
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
    }

    var rooms: [String: Room] = [:]
    /// What the central service wished.
    var wishes: WishBook?

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
