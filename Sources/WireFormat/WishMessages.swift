/// What people want of a building, as the central service tells its gateway.
public struct WishList: Hashable, Sendable, Codable {
    /// Every wish up to this version has been told, with this answer or before.
    public var version: Int64
    /// What changed since the version that was asked after: of each subject the newest wish, oldest first.
    public var wishes: [WishMessage]

    public init(version: Int64, wishes: [WishMessage]) {
        self.version = version
        self.wishes = wishes
    }
}

/// One wish: for a room's set-point, or for what a battery or car does.
public struct WishMessage: Hashable, Sendable, Codable {
    /// Who wishes, as far as limits go.
    public enum Source: String, Hashable, Sendable, Codable {
        case guest, central
    }

    /// Counts all wishes of the building.
    public var version: Int64
    /// The room whose set-point it is about; without it, `device` is there.
    public var room: String?
    /// The battery or car that it is about: the last part of its id.
    public var device: String?
    /// °C; with a room. Neither `celsius` nor `mode`: nothing is wished any more.
    public var celsius: Double?
    /// `charging`, `discharging` or `idle`; with a device.
    public var mode: String?
    /// With `mode`.
    public var watts: Double?
    public var source: Source
    /// For people: `guest`, `operator ops`.
    public var who: String
    /// When it ends, milliseconds since 1970; without it, never.
    public var until: Int64?
    /// When it was wished, milliseconds since 1970.
    public var created: Int64

    public init(
        version: Int64, room: String? = nil, device: String? = nil, celsius: Double? = nil, mode: String? = nil,
        watts: Double? = nil, source: Source, who: String, until: Int64? = nil, created: Int64
    ) {
        self.version = version
        self.room = room
        self.device = device
        self.celsius = celsius
        self.mode = mode
        self.watts = watts
        self.source = source
        self.who = who
        self.until = until
        self.created = created
    }
}

/// What holds in a building, as its gateway reports it.
public struct HoldingReport: Hashable, Sendable, Codable {
    public var holdings: [Holding]

    public init(holdings: [Holding]) { self.holdings = holdings }
}

/// What holds for one subject, and what became of the wish for it.
public struct Holding: Hashable, Sendable, Codable {
    /// What became of the newest wish.
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nobody wished for anything.
        case unwished
        /// What was wished holds.
        case held
        /// Something near it holds: the building's limits allow no more.
        case limited
        /// It was not taken.
        case refused
        /// It held, or was on its way, when someone in the building set something else.
        case replaced
        /// Its time is over.
        case ended
    }

    /// The room, or the device, that it is about: one of them is there.
    public var room: String?
    public var device: String?
    /// The version of the wish that `state` is about; 0 for `unwished`.
    public var version: Int64
    public var state: State
    /// The set-point in force, °C.
    public var celsius: Double?
    public var mode: String?
    public var watts: Double?
    /// Whose set-point is in force: `configuration`, `local_operator`, `central`, `guest`…
    public var source: String?
    public var who: String?
    /// When what holds ends, milliseconds since 1970; without it, never.
    public var until: Int64?
    /// Why it is not as wished, for people.
    public var reason: String?

    public init(
        room: String? = nil, device: String? = nil, version: Int64, state: State, celsius: Double? = nil,
        mode: String? = nil, watts: Double? = nil, source: String? = nil, who: String? = nil, until: Int64? = nil,
        reason: String? = nil
    ) {
        self.room = room
        self.device = device
        self.version = version
        self.state = state
        self.celsius = celsius
        self.mode = mode
        self.watts = watts
        self.source = source
        self.who = who
        self.until = until
        self.reason = reason
    }
}
