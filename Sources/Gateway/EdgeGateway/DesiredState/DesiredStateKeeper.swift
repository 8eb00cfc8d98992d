package import Building
import ClimateControl
package import EdgeConfiguration
package import Logging
import Synchronization
import Uplink
package import WireFormat

/// The keeper of the desired state: it applies what the central service desires, within this building's limits, and
/// reports the result.
package final class DesiredStateKeeper: DesiredStateReceiver {
    /// The rooms whose set-points it changes.
    package let rooms: ClimateRooms
    private let limits: EdgeConfiguration.Control
    private let clock: GatewayClock
    private let logger: Logger
    private let state: Mutex<State>

    private struct State {
        var book: DesiredStateRecord
        /// The version of each device's desired state that the broker has, by device id.
        var published: [String: Int64] = [:]
        /// The function called after a desired state was applied.
        var listener: @Sendable () -> Void = {}
    }

    /// The tolerance for differences between clocks: a local set-point overrides a desired state only if it is later by
    /// more than this.
    private static let clockTolerance = Duration.seconds(5)

    /// Creates a keeper that continues from a saved record.
    init(
        rooms: ClimateRooms, limits: EdgeConfiguration.Control, clock: GatewayClock,
        restoring book: DesiredStateRecord?,
        logger: Logger
    ) {
        self.rooms = rooms
        self.limits = limits
        self.clock = clock
        self.logger = logger
        state = Mutex(State(book: book ?? DesiredStateRecord()))
    }

    /// Creates a keeper with rooms of its own, restored from `control.statePath`.
    package convenience init(configuration: EdgeConfiguration, clock: GatewayClock, logger: Logger) {
        let saved = SavedControl.load(path: configuration.control.statePath, logger: logger)
        let rooms = ClimateRooms(configuration: configuration, clock: clock, restoring: saved)
        self.init(
            rooms: rooms, limits: configuration.control, clock: clock, restoring: saved.desiredStates, logger: logger)
    }

    /// The state that must survive a restart: the rooms and the desired state.
    var saved: SavedControl {
        var saved = rooms.saved
        saved.desiredStates = state.withLock { $0.book }
        return saved
    }

    /// Saves the rooms and the desired state.
    package func save(path: String) throws { try saved.save(path: path) }

    /// Replaces the listener.
    ///
    /// - Parameter listener: called after a desired state was applied; must not block.
    func notify(_ listener: @escaping @Sendable () -> Void) { state.withLock { $0.listener = listener } }

    // MARK: Taking

    /// The version up to which every desired state has been taken.
    package var version: Int64 { state.withLock { $0.book.version } }

    /// Takes a list from the central service, applies what is new and notes what was rejected.
    package func take(_ list: DesiredStateList) {
        let isNews = state.withLock { state in
            let before = state.book
            if list.version < state.book.version { restart(&state, list) }
            for desired in list.desiredStates { take(desired, &state) }
            for desired in list.rejected { reject(desired, &state) }
            state.book.version = list.version
            return state.book != before
        }
        if isNews { state.withLock(\.listener)() }
    }

    /// Starts again from the given list: the central service was restored from a backup and continues from an earlier
    /// version, and this list is all that it knows.
    private func restart(_ state: inout State, _ list: DesiredStateList) {
        logger.notice(
            "the central service has restarted its desired-state versions",
            metadata: ["before": "\(state.book.version)", "now": "\(list.version)"])
        let desiredRooms = Set(list.desiredStates.compactMap(\.room?.text))
        let desiredDevices = Set(list.desiredStates.compactMap(\.device?.text))
        for (room, entry) in state.book.rooms where !desiredRooms.contains(room) {
            if let slug = Slug(room), rooms.setpoint(of: slug).map({ Self.isInForce($0, entry) }) == true {
                rooms.release(slug)
            }
        }
        for device in state.book.storage.keys where !desiredDevices.contains(device) {
            state.book.storage[device]?.mode = nil
            state.published[device] = nil
        }
        state.book.rooms = [:]
        state.book.rejected = [:]
        for device in state.book.storage.keys { state.book.storage[device]?.version = 0 }
    }

    /// Takes one desired state if it is newer than the one known for the same room or device.
    private func take(_ desired: DesiredState, _ state: inout State) {
        if let device = desired.device?.text {
            guard desired.version > state.book.storage[device]?.version ?? 0 else { return }
            state.book.storage[device] = desired
            state.book.settleRejection(of: RejectedDesiredState.key(device: device), at: desired.version)
            logger.info(
                "storage command taken",
                metadata: ["device": "\(device)", "mode": "\(desired.mode?.rawValue ?? "–")", "who": "\(desired.who)"])
        } else if let room = desired.room {
            guard desired.version > state.book.rooms[room.text]?.desired.version ?? 0 else { return }
            state.book.rooms[room.text] = settle(desired, room)
            state.book.settleRejection(of: RejectedDesiredState.key(room: room), at: desired.version)
        }
    }

    /// Notes a desired state that can't be carried out, so that it is reported. The state in force stays in force.
    private func reject(_ desired: RejectedDesiredState, _ state: inout State) {
        // A rejection that names neither room nor device can't be reported; the uplink shows it.
        guard let key = desired.key, let version = desired.version, version > state.book.version(of: desired),
            state.book.rejected[key] != desired
        else { return }
        logger.warning(
            "a desired state can't be carried out",
            metadata: ["subject": "\(desired.subject)", "version": "\(version)", "reason": "\(desired.reason)"])
        state.book.rejected[key] = desired
    }

    /// Applies a room's desired state, within the building's limits.
    private func settle(_ desired: DesiredState, _ room: Slug) -> DesiredStateRecord.Entry {
        guard let present = rooms.setpoint(of: room) else { return .init(desired: desired, outcome: .unknown) }
        guard let celsius = desired.celsius, celsius.isFinite else {
            if present.isFromCentral { rooms.release(room) }
            return .init(desired: desired, outcome: .withdrawn)
        }
        let isLocal = !present.isFromCentral && present.source != .configuration
        if isLocal, let since = present.since, Self.isClearlyLater(since, than: desired.created) {
            return .init(desired: desired, outcome: .late)
        }
        let until = desired.until
        let now = clock.calendar()
        if let until, until <= now, clock.isTrusted(now) {
            if present.isFromCentral { rooms.release(room) }
            return .init(desired: desired, outcome: .over)
        }
        let source: Setpoint.Source = desired.source == .guest ? .guest : .central
        let held = limited(celsius, source)
        rooms.set(
            Setpoint(celsius: held, source: source, who: desired.who.text, since: desired.created, until: until),
            of: room)
        logger.info(
            "a desired set-point was applied",
            metadata: [
                "room": "\(room)", "celsius": "\(held)", "who": "\(desired.who)", "version": "\(desired.version)",
            ])
        return .init(desired: desired, outcome: .applied, celsius: held)
    }

    /// Returns the temperature clamped to the building's limits, and for guests to theirs.
    private func limited(_ celsius: Double, _ source: Setpoint.Source) -> Double {
        let everyone = min(max(celsius, limits.desiredCelsius.lowerBound), limits.desiredCelsius.upperBound)
        guard source == .guest else { return everyone }
        return min(max(everyone, limits.guestCelsius.lowerBound), limits.guestCelsius.upperBound)
    }

    /// Returns whether the present set-point is the one that the entry put into force.
    private static func isInForce(_ present: Setpoint, _ entry: DesiredStateRecord.Entry) -> Bool {
        present.isFromCentral && present.since == entry.desired.created && present.celsius == entry.celsius
    }

    /// Returns whether one time is later than another by more than the clock tolerance. Times from disk may have any
    /// value.
    private static func isClearlyLater(_ moment: Timestamp, than other: Timestamp) -> Bool {
        let (difference, overflow) = moment.millisecondsSince1970.subtractingReportingOverflow(
            other.millisecondsSince1970)
        return overflow ? moment > other : Duration.milliseconds(difference) > clockTolerance
    }

    // MARK: Commands to batteries and cars

    /// Returns the commands to batteries and cars that must be sent now: the new ones, or all of them. The returned
    /// commands count as sent.
    ///
    /// - Returns: the commands by device; a command is `nil` if no state is desired any more.
    package func storageOrders(all: Bool) -> [(device: Slug, command: StorageCommand?)] {
        state.withLock { state in
            state.book.storage.sorted { $0.key < $1.key }.compactMap { id, desired in
                guard let device = Slug(id), all || state.published[id] != desired.version else { return nil }
                state.published[id] = desired.version
                return (device, desired.command)
            }
        }
    }

    // MARK: Reported state

    /// Returns the reported state of all rooms and devices.
    package func reportedStates() -> [ReportedState] {
        state.withLock { state in
            let controlled = rooms.slugs
            for room in controlled {
                // The room has come under control since.
                guard let entry = state.book.rooms[room.text], entry.outcome == .unknown else { continue }
                state.book.rooms[room.text] = settle(entry.desired, room)
            }
            let known = controlled.compactMap { room in
                rooms.setpoint(of: room).map { Self.reported(room, $0, state.book.rooms[room.text]) }
            }
            let unknown = state.book.rooms.filter { $0.value.outcome == .unknown }.map { _, entry in
                ReportedState(
                    room: entry.desired.room, version: entry.desired.version, state: .rejected,
                    reason: ControlReason.notControlled.text)
            }
            let storage = state.book.storage.compactMap { Self.reported($0, $1, state.published[$0]) }
            return Self.telling(state.book.rejected, in: known + unknown + storage)
        }
    }

    /// Returns the reported states with the rejection of newer desired states in them. The values in force stay as they
    /// are.
    private static func telling(_ rejected: [String: RejectedDesiredState], in reportedStates: [ReportedState])
        -> [ReportedState]
    {
        guard !rejected.isEmpty else { return reportedStates }
        var rest = rejected
        var told = reportedStates
        for index in told.indices {
            let key =
                told[index].room.map { RejectedDesiredState.key(room: $0) }
                ?? RejectedDesiredState.key(device: told[index].device?.text ?? "")
            guard let desired = rest.removeValue(forKey: key), let version = desired.version,
                version > told[index].version
            else { continue }
            (told[index].version, told[index].state, told[index].reason) = (version, .rejected, desired.reason)
        }
        return told
            + rest.values.sorted { ($0.version ?? 0) < ($1.version ?? 0) }.compactMap { desired in
                desired.version.map {
                    ReportedState(
                        room: desired.room, device: desired.device, version: $0, state: .rejected,
                        reason: desired.reason.text)
                }
            }
    }

    /// Returns the reported state of a room under control.
    private static func reported(_ room: Slug, _ present: Setpoint, _ entry: DesiredStateRecord.Entry?) -> ReportedState
    {
        var reported = ReportedState(
            room: room, version: entry?.desired.version ?? 0, state: .nothingDesired, celsius: present.celsius,
            source: ShortText(shortening: present.source.rawValue), who: present.who, until: present.until)
        guard let entry else { return reported }
        switch entry.outcome {
        case .withdrawn: reported.state = .accepted
        case .applied where isInForce(present, entry):
            let desired = entry.desired.celsius ?? present.celsius
            reported.state = desired == present.celsius ? .accepted : .clamped
            if desired != present.celsius {
                let limit = ControlReason.Number(present.celsius)
                let reason: ControlReason =
                    desired > present.celsius ? .atMost(celsius: limit) : .atLeast(celsius: limit)
                reported.reason = reason.shortText
            }
        case .over: (reported.state, reported.reason) = (.expired, ControlReason.expired.shortText)
        case .applied where present.source == .configuration && entry.desired.until != nil:
            (reported.state, reported.reason) = (.expired, ControlReason.expired.shortText)
        case .applied, .late, .unknown:
            (reported.state, reported.reason) = (.overridden, ControlReason.overridden.shortText)
        }
        return reported
    }

    /// Returns the reported state of a battery or car; `nil` while the broker has not been sent the command.
    private static func reported(_ device: String, _ desired: DesiredState, _ published: Int64?) -> ReportedState? {
        guard Slug(device) != nil else {
            return ReportedState(
                device: desired.device, version: desired.version, state: .rejected,
                reason: ControlReason.noTopic.text)
        }
        guard published == desired.version else { return nil }
        return ReportedState(
            device: desired.device, version: desired.version, state: .accepted,
            mode: desired.mode.map { ShortText(shortening: $0.rawValue) }, watts: desired.command?.watts)
    }
}
