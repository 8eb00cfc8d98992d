package import Building
import ClimateControl
import EdgeConfiguration
import MQTT
import Synchronization
import WireFormat

/// The rooms under control. Readings arrive on the broker's thread; the control loop requests decisions.
package final class ClimateRooms: Sendable {
    let clock: GatewayClock
    let climate: Mutex<BuildingClimate>
    private let latest = Mutex<[Slug: BuildingClimate.RoomDecision]>([:])
    private let retained: Mutex<[Slug: RetainedMessageFilter]>

    init(configuration: EdgeConfiguration, clock: GatewayClock, restoring saved: SavedControl) {
        self.clock = clock
        climate = Mutex(
            BuildingClimate(
                rooms: configuration.roomClimates, unlisted: configuration.unlistedRoomClimate,
                startedAt: clock.monotonic(), restoring: SavedClimate(rooms: saved.rooms)))
        retained = Mutex(
            configuration.roomClimates.keys.reduce(into: [:]) { retained, room in
                retained[room] = saved.rooms[room.text]?.heard.map(RetainedMessageFilter.init(heard:))
            })
    }

    /// Passes a reading to the climate control.
    package func observe(_ reading: Reading) {
        let now = clock.monotonic()
        climate.withLock { $0.observe(reading, at: now) }
    }

    /// Returns whether a message on a set-point topic is new, not a retained copy that the broker sends again.
    func isNew(_ message: MQTTMessage) -> Bool {
        // Nothing is kept of messages for unknown rooms: their number has no bound.
        guard case .setpoint(let room)? = Topic(path: message.topic),
            climate.withLock({ $0.settings(of: room) != nil })
        else { return !message.isRetained }
        return retained.withLock { retained in
            retained[room, default: RetainedMessageFilter()].takes(
                Fingerprint.of(message), isRetainedCopy: message.isRetained)
        }
    }

    /// Decides for every room about which enough is known.
    func decide() -> [BuildingClimate.RoomDecision] {
        let now = clock.monotonic()
        let time = clock.calendar()
        let roomDecisions = climate.withLock { $0.decide(at: now, calendar: clock.isTrusted(time) ? time : nil) }
        latest.withLock { latest in
            for roomDecision in roomDecisions { latest[roomDecision.room] = roomDecision }
        }
        return roomDecisions
    }

    /// The latest decision of each room.
    var roomDecisions: [Slug: BuildingClimate.RoomDecision] { latest.withLock { $0 } }

    /// Returns the quality of a reading that has just arrived, as far as control knows its sensor: `failed` if the
    /// temperature is impossible for a room, `degraded` while the sensor is outvoted. Readings that are not used for
    /// control are `good`.
    func quality(of reading: Reading) -> Quality {
        let series = reading.series
        guard series.datapoint == .temperature, series.deviceClass == .temperatureSensor,
            case .number(let celsius) = reading.value,
            let sensors = latest.withLock({ $0[series.room]?.decision.sensors })
        else { return .good }
        guard Self.plausibleCelsius.contains(celsius) else { return .failed }
        // A sensor that had been silent has just been heard again.
        return sensors[series.device] == .degraded ? .degraded : .good
    }

    private static let plausibleCelsius = RoomClimateSettings().plausibleCelsius

    /// The state that must survive a restart.
    var saved: SavedControl {
        let retained = retained.withLock { $0 }
        var saved = SavedControl(rooms: climate.withLock { $0.saved.rooms })
        for (room, memory) in retained { saved.rooms[room.text]?.heard = memory.heard }
        return saved
    }
}
