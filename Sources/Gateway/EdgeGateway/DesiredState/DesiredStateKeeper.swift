package import Building
import ClimateControl
package import EdgeConfiguration
package import Logging
import Synchronization
import Uplink
package import WireFormat

/// Takes what the central service wishes, within this building's limits, and knows what holds of it.
package final class DesiredStateKeeper: DesiredStateReceiver {
    package let rooms: ClimateRooms
    private let limits: EdgeConfiguration.Control
    private let clock: GatewayClock
    private let logger: Logger
    private let state: Mutex<State>

    private struct State {
        var book: DesiredStateRecord
        /// By device, which version of its wish the broker has.
        var published: [String: Int64] = [:]
        /// Called after wishes were taken.
        var listener: @Sendable () -> Void = {}
    }

    /// So much later than a wish something has to be set in the building to win over it: the clocks may differ.
    private static let clockTolerance = Duration.seconds(5)

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

    /// With rooms of its own, as they lie at `control.statePath`.
    package convenience init(configuration: EdgeConfiguration, clock: GatewayClock, logger: Logger) {
        let saved = SavedControl.load(path: configuration.control.statePath, logger: logger)
        let rooms = ClimateRooms(configuration: configuration, clock: clock, restoring: saved)
        self.init(
            rooms: rooms, limits: configuration.control, clock: clock, restoring: saved.desiredStates, logger: logger)
    }

    /// What is to outlive a restart: the rooms, and what was wished.
    var saved: SavedControl {
        var saved = rooms.saved
        saved.desiredStates = state.withLock { $0.book }
        return saved
    }

    /// Saves the rooms, and what was wished.
    package func save(path: String) throws { try saved.save(path: path) }

    /// - Parameter listener: called after wishes were taken; must not wait.
    func notify(_ listener: @escaping @Sendable () -> Void) { state.withLock { $0.listener = listener } }

    // MARK: Taking

    package var version: Int64 { state.withLock { $0.book.version } }

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

    /// The central service was restored from a backup, and counts anew from there: this list is all that it knows.
    private func restart(_ state: inout State, _ list: DesiredStateList) {
        logger.notice(
            "the central service counts its wishes anew",
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

    private func take(_ desired: DesiredState, _ state: inout State) {
        if let device = desired.device?.text {
            guard desired.version > state.book.storage[device]?.version ?? 0 else { return }
            state.book.storage[device] = desired
            state.book.settleRejection(of: RejectedDesiredState.key(device: device), at: desired.version)
            logger.info(
                "a battery or car is told what to do",
                metadata: ["device": "\(device)", "mode": "\(desired.mode?.rawValue ?? "–")", "who": "\(desired.who)"])
        } else if let room = desired.room {
            guard desired.version > state.book.rooms[room.text]?.desired.version ?? 0 else { return }
            state.book.rooms[room.text] = settle(desired, room)
            state.book.settleRejection(of: RejectedDesiredState.key(room: room), at: desired.version)
        }
    }

    /// Notes what cannot be carried out, to be reported. What held before goes on to hold.
    private func reject(_ desired: RejectedDesiredState, _ state: inout State) {
        // Of one that names nothing nobody could be told; the uplink shows it.
        guard let key = desired.key, let version = desired.version, version > state.book.version(of: desired),
            state.book.rejected[key] != desired
        else { return }
        logger.warning(
            "the central service wishes something that can't be carried out",
            metadata: ["subject": "\(desired.subject)", "version": "\(version)", "reason": "\(desired.reason)"])
        state.book.rejected[key] = desired
    }

    /// Puts a room's wish into force, as far as it may.
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
            "a set-point was wished",
            metadata: [
                "room": "\(room)", "celsius": "\(held)", "who": "\(desired.who)", "version": "\(desired.version)",
            ])
        return .init(desired: desired, outcome: .applied, celsius: held)
    }

    private func limited(_ celsius: Double, _ source: Setpoint.Source) -> Double {
        let everyone = min(max(celsius, limits.desiredCelsius.lowerBound), limits.desiredCelsius.upperBound)
        guard source == .guest else { return everyone }
        return min(max(everyone, limits.guestCelsius.lowerBound), limits.guestCelsius.upperBound)
    }

    private static func isInForce(_ present: Setpoint, _ entry: DesiredStateRecord.Entry) -> Bool {
        present.isFromCentral && present.since == entry.desired.created && present.celsius == entry.celsius
    }

    /// By more than the clocks may differ. What lay on disk can be any moment.
    private static func isClearlyLater(_ moment: Timestamp, than other: Timestamp) -> Bool {
        let (difference, overflow) = moment.millisecondsSince1970.subtractingReportingOverflow(
            other.millisecondsSince1970)
        return overflow ? moment > other : Duration.milliseconds(difference) > clockTolerance
    }

    // MARK: Telling batteries and cars

    /// What batteries and cars are to be told now: what is new, or all of it. What is given counts as told.
    ///
    /// - Returns: with `nil` where nobody wishes for anything any more.
    package func storageOrders(all: Bool) -> [(device: Slug, command: StorageCommand?)] {
        state.withLock { state in
            state.book.storage.sorted { $0.key < $1.key }.compactMap { id, desired in
                guard let device = Slug(id), all || state.published[id] != desired.version else { return nil }
                state.published[id] = desired.version
                return (device, desired.command)
            }
        }
    }

    // MARK: What holds

    package func reportedStates() -> [ReportedState] {
        state.withLock { state in
            let controlled = rooms.slugs
            for room in controlled {
                // It has come under control since.
                guard let entry = state.book.rooms[room.text], entry.outcome == .unknown else { continue }
                state.book.rooms[room.text] = settle(entry.desired, room)
            }
            let known = controlled.compactMap { room in
                rooms.setpoint(of: room).map { Self.reported(room, $0, state.book.rooms[room.text]) }
            }
            let unknown = state.book.rooms.filter { $0.value.outcome == .unknown }.map { _, entry in
                ReportedState(
                    room: entry.desired.room, version: entry.desired.version, state: .rejected,
                    reason: "this room is not under control")
            }
            let storage = state.book.storage.compactMap { Self.reported($0, $1, state.published[$0]) }
            return Self.telling(state.book.rejected, in: known + unknown + storage)
        }
    }

    /// What holds goes on to hold, but of the newest wish it is said that it was rejected.
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
                let direction = desired > present.celsius ? "most" : "least"
                reported.reason = ShortText(
                    shortening: "this building allows at \(direction) \(ReadingValue.shortest(present.celsius)) °C")
            }
        case .over: (reported.state, reported.reason) = (.expired, "its time was over")
        case .applied where present.source == .configuration && entry.desired.until != nil:
            (reported.state, reported.reason) = (.expired, "its time was over")
        case .applied, .late, .unknown:
            (reported.state, reported.reason) = (.overridden, "set otherwise in the building")
        }
        return reported
    }

    /// `nil` while the broker has not been told.
    private static func reported(_ device: String, _ desired: DesiredState, _ published: Int64?) -> ReportedState? {
        guard Slug(device) != nil else {
            return ReportedState(
                device: desired.device, version: desired.version, state: .rejected,
                reason: "no topic can be made of its name")
        }
        guard published == desired.version else { return nil }
        return ReportedState(
            device: desired.device, version: desired.version, state: .accepted,
            mode: desired.mode.map { ShortText(shortening: $0.rawValue) }, watts: desired.command?.watts)
    }
}
