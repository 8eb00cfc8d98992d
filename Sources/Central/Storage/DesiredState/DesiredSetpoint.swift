public import Building

/// What someone wants a room to be heated to.
public struct DesiredSetpoint: Hashable, Sendable {
    /// Counts all wishes of the building.
    public var version: Int64
    /// °C; `nil` where the wish was taken back: the room is as its gateway's configuration has it.
    public var celsius: Double?
    /// When it ends; `nil`: never.
    public var until: Timestamp?
    public var source: DesiredStateOrigin.Source
    public var who: String
    public var created: Timestamp

    /// Whether there is still something wished.
    public func isActive(at now: Timestamp) -> Bool { celsius != nil && until.map { $0 > now } ?? true }
}

/// Who wishes.
public struct DesiredStateOrigin: Hashable, Sendable {
    public enum Source: String, Hashable, Sendable {
        /// With a guest's limits.
        case guest
        case central
    }

    public var source: Source
    /// For people: `guest`, `operator ops, by chat`.
    public var who: String
    /// The number of the token.
    public var token: Int?
    /// What they may be told of earlier wishes.
    public var visible: VisibleRange

    public init(source: Source, who: String, token: Int? = nil, visible: VisibleRange = .everything) {
        self.source = source
        self.who = who
        self.token = token
        self.visible = visible
    }

    /// - Parameter way: by which the wish came, where it is worth telling: `chat`.
    public init(_ caller: Caller, by way: String? = nil) {
        let name = caller.role == .guest ? "guest" : "operator"
        self.init(
            source: caller.role == .guest ? .guest : .central, who: name + (way.map { ", by \($0)" } ?? ""),
            token: caller.token, visible: caller.visible)
    }

    /// The set-points that gateways take from it, °C.
    public var celsiusLimits: ClosedRange<Double> {
        source == .guest ? WireLimits.guestSetpointCelsius : WireLimits.setpointCelsius
    }
}

/// What a gateway reports for a set-point, a battery or a car.
public struct ReportedSetpoint: Hashable, Sendable {
    /// The version of the wish that `state` is about; 0 where there was none.
    public var version: Int64
    /// `none`, `accepted`, `clamped`, `rejected`, `overridden` or `expired`.
    public var state: String
    /// The set-point in force, °C.
    public var celsius: Double?
    /// Whose set-point is in force: `configuration`, `local_operator`, `central`, `guest`.
    public var source: String?
    public var who: String?
    public var until: Timestamp?
    /// Why it is not as wished, for people.
    public var reason: String?
    /// When the report came.
    public var time: Timestamp
}

/// What is wanted of a room's set-point, and what its gateway says.
public struct RoomSetpoint: Hashable, Sendable {
    public var room: Int
    /// The building's id.
    public var building: Int
    public var timeZone: String
    /// The newest wish, also one that was taken back or is over.
    public var newest: DesiredSetpoint?
    /// The newest wish while it is one.
    public var desired: DesiredSetpoint?
    /// `nil` before the first report.
    public var reported: ReportedSetpoint?

    /// Whether there is anything to tell: a wish, or a report.
    public var isTelling: Bool { newest != nil || reported != nil }

    /// Whether the gateway has taken the newest wish, if not to the letter.
    public var isApplied: Bool {
        guard let newest, let reported, reported.version == newest.version else { return false }
        return reported.state == "accepted" || reported.state == "clamped"
    }

    /// Whether the gateway has said what becomes of the newest wish.
    public var isAnswered: Bool { newest.map { reported?.version == $0.version } ?? true }
}

/// A wish as a gateway is told it.
public struct GatewayDesiredState: Hashable, Sendable {
    public enum Subject: Hashable, Sendable {
        /// The room's slug. Without a temperature nothing is wished any more.
        case setpoint(room: String, celsius: Double?)
        /// The last part of the device's id.
        case storage(device: String, StorageCommand?)
    }

    public var version: Int64
    public var subject: Subject
    public var source: DesiredStateOrigin.Source
    public var who: String
    public var until: Timestamp?
    public var created: Timestamp
}

/// What a gateway says that holds.
public struct GatewayReportedState: Hashable, Sendable {
    public enum Subject: Hashable, Sendable {
        case room(String)
        case device(String)
    }

    public var subject: Subject
    public var version: Int64
    public var state: String
    public var celsius: Double?
    public var mode: String?
    public var watts: Double?
    public var source: String?
    public var who: String?
    public var until: Timestamp?
    public var reason: String?

    public init(
        subject: Subject, version: Int64, state: String, celsius: Double?, mode: String?, watts: Double?,
        source: String?, who: String?, until: Timestamp?, reason: String?
    ) {
        self.subject = subject
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
