package import Building
import ClimateControl
package import EdgeConfiguration
package import Logging
import Synchronization
import Uplink
package import WireFormat

/// Takes what the central service wishes, within this building's limits, and knows what holds of it.
package final class WishKeeper: WishTaker {
    package let rooms: ClimateRooms
    private let limits: EdgeConfiguration.Control
    private let clock: GatewayClock
    private let logger: Logger
    private let state: Mutex<State>

    private struct State {
        var book: WishBook
        /// By device, which version of its wish the broker has.
        var published: [String: Int64] = [:]
        /// Called after wishes were taken.
        var listener: @Sendable () -> Void = {}
    }

    /// So much later than a wish something has to be set in the building to win over it: the clocks may differ.
    private static let clockTolerance = Duration.seconds(5)

    init(
        rooms: ClimateRooms, limits: EdgeConfiguration.Control, clock: GatewayClock, restoring book: WishBook?,
        logger: Logger
    ) {
        self.rooms = rooms
        self.limits = limits
        self.clock = clock
        self.logger = logger
        state = Mutex(State(book: book ?? WishBook()))
    }

    /// With rooms of its own, as they lie at `control.statePath`.
    package convenience init(configuration: EdgeConfiguration, clock: GatewayClock, logger: Logger) {
        let saved = SavedControl.load(path: configuration.control.statePath, logger: logger)
        let rooms = ClimateRooms(configuration: configuration, clock: clock, restoring: saved)
        self.init(rooms: rooms, limits: configuration.control, clock: clock, restoring: saved.wishes, logger: logger)
    }

    /// What is to outlive a restart: the rooms, and what was wished.
    var saved: SavedControl {
        var saved = rooms.saved
        saved.wishes = state.withLock { $0.book }
        return saved
    }

    /// Saves the rooms, and what was wished.
    package func save(path: String) throws { try saved.save(path: path) }

    /// - Parameter listener: called after wishes were taken; must not wait.
    func notify(_ listener: @escaping @Sendable () -> Void) { state.withLock { $0.listener = listener } }

    // MARK: Taking

    package var version: Int64 { state.withLock { $0.book.version } }

    package func take(_ list: WishList) {
        let isNews = state.withLock { state in
            let before = state.book
            if list.version < state.book.version { restart(&state, list) }
            for wish in list.wishes { take(wish, &state) }
            for wish in list.rejected { reject(wish, &state) }
            state.book.version = list.version
            return state.book != before
        }
        if isNews { state.withLock(\.listener)() }
    }

    /// The central service was restored from a backup, and counts anew from there: this list is all that it knows.
    private func restart(_ state: inout State, _ list: WishList) {
        logger.notice(
            "the central service counts its wishes anew",
            metadata: ["before": "\(state.book.version)", "now": "\(list.version)"])
        let wishedRooms = Set(list.wishes.compactMap(\.room?.text))
        let wishedDevices = Set(list.wishes.compactMap(\.device?.text))
        for (room, entry) in state.book.rooms where !wishedRooms.contains(room) {
            if let slug = Slug(room), rooms.setpoint(of: slug).map({ Self.isInForce($0, entry) }) == true {
                rooms.release(slug)
            }
        }
        for device in state.book.storage.keys where !wishedDevices.contains(device) {
            state.book.storage[device]?.mode = nil
            state.published[device] = nil
        }
        state.book.rooms = [:]
        state.book.rejected = [:]
        for device in state.book.storage.keys { state.book.storage[device]?.version = 0 }
    }

    private func take(_ wish: WishMessage, _ state: inout State) {
        if let device = wish.device?.text {
            guard wish.version > state.book.storage[device]?.version ?? 0 else { return }
            state.book.storage[device] = wish
            state.book.settleRejection(of: RejectedWish.key(device: device), at: wish.version)
            logger.info(
                "a battery or car is told what to do",
                metadata: ["device": "\(device)", "mode": "\(wish.mode?.rawValue ?? "–")", "who": "\(wish.who)"])
        } else if let room = wish.room {
            guard wish.version > state.book.rooms[room.text]?.wish.version ?? 0 else { return }
            state.book.rooms[room.text] = settle(wish, room)
            state.book.settleRejection(of: RejectedWish.key(room: room), at: wish.version)
        }
    }

    /// Notes what cannot be carried out, to be reported. What held before goes on to hold.
    private func reject(_ wish: RejectedWish, _ state: inout State) {
        // Of one that names nothing nobody could be told; the uplink shows it.
        guard let key = wish.key, let version = wish.version, version > state.book.version(of: wish),
            state.book.rejected[key] != wish
        else { return }
        logger.warning(
            "the central service wishes something that can't be carried out",
            metadata: ["subject": "\(wish.subject)", "version": "\(version)", "reason": "\(wish.reason)"])
        state.book.rejected[key] = wish
    }

    /// Puts a room's wish into force, as far as it may.
    private func settle(_ wish: WishMessage, _ room: Slug) -> WishBook.Entry {
        guard let present = rooms.setpoint(of: room) else { return .init(wish: wish, fate: .unknown) }
        guard let celsius = wish.celsius, celsius.isFinite else {
            if present.isFromCentral { rooms.release(room) }
            return .init(wish: wish, fate: .withdrawn)
        }
        let isLocal = !present.isFromCentral && present.source != .configuration
        if isLocal, let since = present.since, Self.isClearlyLater(since, than: wish.created) {
            return .init(wish: wish, fate: .late)
        }
        let until = wish.until
        let now = clock.calendar()
        if let until, until <= now, clock.isTrusted(now) {
            if present.isFromCentral { rooms.release(room) }
            return .init(wish: wish, fate: .over)
        }
        let source: Setpoint.Source = wish.source == .guest ? .guest : .central
        let held = limited(celsius, source)
        rooms.set(
            Setpoint(celsius: held, source: source, who: wish.who.text, since: wish.created, until: until), of: room)
        logger.info(
            "a set-point was wished",
            metadata: ["room": "\(room)", "celsius": "\(held)", "who": "\(wish.who)", "version": "\(wish.version)"])
        return .init(wish: wish, fate: .applied, celsius: held)
    }

    private func limited(_ celsius: Double, _ source: Setpoint.Source) -> Double {
        let everyone = min(max(celsius, limits.wishCelsius.lowerBound), limits.wishCelsius.upperBound)
        guard source == .guest else { return everyone }
        return min(max(everyone, limits.guestCelsius.lowerBound), limits.guestCelsius.upperBound)
    }

    private static func isInForce(_ present: Setpoint, _ entry: WishBook.Entry) -> Bool {
        present.isFromCentral && present.since == entry.wish.created && present.celsius == entry.celsius
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
            state.book.storage.sorted { $0.key < $1.key }.compactMap { id, wish in
                guard let device = Slug(id), all || state.published[id] != wish.version else { return nil }
                state.published[id] = wish.version
                return (device, wish.command)
            }
        }
    }

    // MARK: What holds

    package func holdings() -> [Holding] {
        state.withLock { state in
            let controlled = rooms.slugs
            for room in controlled {
                // It has come under control since.
                guard let entry = state.book.rooms[room.text], entry.fate == .unknown else { continue }
                state.book.rooms[room.text] = settle(entry.wish, room)
            }
            let known = controlled.compactMap { room in
                rooms.setpoint(of: room).map { Self.holding(room, $0, state.book.rooms[room.text]) }
            }
            let unknown = state.book.rooms.filter { $0.value.fate == .unknown }.map { _, entry in
                Holding(
                    room: entry.wish.room, version: entry.wish.version, state: .refused,
                    reason: "this room is not under control")
            }
            let storage = state.book.storage.compactMap { Self.holding($0, $1, state.published[$0]) }
            return Self.telling(state.book.rejected, in: known + unknown + storage)
        }
    }

    /// What holds goes on to hold, but of the newest wish it is said that it was rejected.
    private static func telling(_ rejected: [String: RejectedWish], in holdings: [Holding]) -> [Holding] {
        guard !rejected.isEmpty else { return holdings }
        var rest = rejected
        var told = holdings
        for index in told.indices {
            let key =
                told[index].room.map { RejectedWish.key(room: $0) }
                ?? RejectedWish.key(device: told[index].device?.text ?? "")
            guard let wish = rest.removeValue(forKey: key), let version = wish.version,
                version > told[index].version
            else { continue }
            (told[index].version, told[index].state, told[index].reason) = (version, .refused, wish.reason)
        }
        return told
            + rest.values.sorted { ($0.version ?? 0) < ($1.version ?? 0) }.compactMap { wish in
                wish.version.map {
                    Holding(
                        room: wish.room, device: wish.device, version: $0, state: .refused, reason: wish.reason.text)
                }
            }
    }

    private static func holding(_ room: Slug, _ present: Setpoint, _ entry: WishBook.Entry?) -> Holding {
        var holding = Holding(
            room: room, version: entry?.wish.version ?? 0, state: .unwished, celsius: present.celsius,
            source: ShortText(shortening: present.source.rawValue), who: present.who, until: present.until)
        guard let entry else { return holding }
        switch entry.fate {
        case .withdrawn: holding.state = .held
        case .applied where isInForce(present, entry):
            let wished = entry.wish.celsius ?? present.celsius
            holding.state = wished == present.celsius ? .held : .limited
            if wished != present.celsius {
                let direction = wished > present.celsius ? "most" : "least"
                holding.reason = ShortText(
                    shortening: "this building allows at \(direction) \(ReadingValue.shortest(present.celsius)) °C")
            }
        case .over: (holding.state, holding.reason) = (.ended, "its time was over")
        case .applied where present.source == .configuration && entry.wish.until != nil:
            (holding.state, holding.reason) = (.ended, "its time was over")
        case .applied, .late, .unknown:
            (holding.state, holding.reason) = (.replaced, "set otherwise in the building")
        }
        return holding
    }

    /// `nil` while the broker has not been told.
    private static func holding(_ device: String, _ wish: WishMessage, _ published: Int64?) -> Holding? {
        guard Slug(device) != nil else {
            return Holding(
                device: wish.device, version: wish.version, state: .refused,
                reason: "no topic can be made of its name")
        }
        guard published == wish.version else { return nil }
        return Holding(
            device: wish.device, version: wish.version, state: .held,
            mode: wish.mode.map { ShortText(shortening: $0.rawValue) }, watts: wish.command?.watts)
    }
}
