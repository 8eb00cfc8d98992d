import Building
import ClimateControl
import EdgeConfiguration
import Foundation
import Synchronization

/// The rooms under control, by the machine's clocks. Readings come in on the broker's thread, decisions are asked for
/// by the control loop.
final class ClimateRooms: Sendable {
    private let clock: GatewayClock
    private let climate: Mutex<BuildingClimate>
    private let latest = Mutex<[Slug: Decision]>([:])

    init(configuration: EdgeConfiguration, clock: GatewayClock, restoring saved: SavedControl) {
        self.clock = clock
        climate = Mutex(
            BuildingClimate(
                rooms: configuration.roomClimates, unlisted: configuration.unlistedRoomClimate,
                startedAt: clock.monotonic(), restoring: saved))
    }

    func observe(_ reading: Reading) {
        let now = clock.monotonic()
        climate.withLock { $0.observe(reading, at: now) }
    }

    /// `false` where the room is unknown or the set-point out of range.
    func setSetpoint(_ celsius: Double, of room: Slug) -> Bool {
        let now = clock.calendar()
        let setpoint = Setpoint(
            celsius: celsius, source: .localOperator, since: clock.isTrusted(now) ? now : nil)
        return climate.withLock { $0.set(setpoint, of: room) }
    }

    /// Decides for every room about which enough is known.
    func decide() -> [BuildingClimate.Verdict] {
        let now = clock.monotonic()
        let time = clock.calendar()
        let verdicts = climate.withLock { $0.decide(at: now, calendar: clock.isTrusted(time) ? time : nil) }
        latest.withLock { latest in
            for verdict in verdicts { latest[verdict.room] = verdict.decision }
        }
        return verdicts
    }

    /// The last decision of each room.
    var decisions: [Slug: Decision] { latest.withLock { $0 } }

    /// What is to outlive a restart.
    var saved: SavedControl { climate.withLock { $0.saved } }
}

extension SavedControl {
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
