package import Building

/// What someone wants a room to be heated to.
package struct DesiredSetpoint: Hashable, Sendable {
    /// Counts all wishes of the building.
    package var version: Int64
    /// °C; `nil` where the wish was taken back: the room is as its gateway's configuration has it.
    package var celsius: Double?
    /// When it ends; `nil`: never.
    package var until: Timestamp?
    package var source: DesiredStateOrigin.Source
    package var who: String
    package var created: Timestamp

    /// Whether there is still something wished.
    package func isActive(at now: Timestamp) -> Bool { celsius != nil && until.map { $0 > now } ?? true }
}

/// Who wishes.
package struct DesiredStateOrigin: Hashable, Sendable {
    package enum Source: String, Hashable, Sendable {
        /// With a guest's limits.
        case guest
        case central
    }

    package var source: Source
    /// For people: `guest`, `operator ops, by chat`.
    package var who: String
    /// The number of the token.
    package var token: Int?
    /// What they may be told of earlier wishes.
    package var visible: VisibleRange

    package init(source: Source, who: String, token: Int? = nil, visible: VisibleRange = .everything) {
        self.source = source
        self.who = who
        self.token = token
        self.visible = visible
    }

    /// - Parameter way: by which the wish came, where it is worth telling: `chat`.
    package init(_ caller: Caller, by way: String? = nil) {
        let name = caller.role == .guest ? "guest" : "operator"
        self.init(
            source: caller.role == .guest ? .guest : .central, who: name + (way.map { ", by \($0)" } ?? ""),
            token: caller.token, visible: caller.visible)
    }

    /// The set-points that gateways take from it, °C.
    package var celsiusLimits: ClosedRange<Double> {
        source == .guest ? WireLimits.guestSetpointCelsius : WireLimits.setpointCelsius
    }
}

/// What a gateway reports for a set-point, a battery or a car.
package struct ReportedSetpoint: Hashable, Sendable {
    /// The version of the wish that `state` is about; 0 where there was none.
    package var version: Int64
    /// `none`, `accepted`, `clamped`, `rejected`, `overridden` or `expired`.
    package var state: String
    /// The set-point in force, °C.
    package var celsius: Double?
    /// Whose set-point is in force: `configuration`, `local_operator`, `central`, `guest`.
    package var source: String?
    package var who: String?
    package var until: Timestamp?
    /// Why it is not as wished, for people.
    package var reason: String?
    /// When the report came.
    package var time: Timestamp
}

/// What is wanted of a room's set-point, and what its gateway says.
package struct RoomSetpoint: Hashable, Sendable {
    package var room: Int
    /// The building's id.
    package var building: Int
    package var timeZone: String
    /// The newest wish, also one that was taken back or is over.
    package var newest: DesiredSetpoint?
    /// The newest wish while it is one.
    package var desired: DesiredSetpoint?
    /// `nil` before the first report.
    package var reported: ReportedSetpoint?

    /// Whether there is anything to tell: a wish, or a report.
    package var isTelling: Bool { newest != nil || reported != nil }

    /// Whether the gateway has taken the newest wish, if not to the letter.
    package var isApplied: Bool {
        guard let newest, let reported, reported.version == newest.version else { return false }
        return reported.state == "accepted" || reported.state == "clamped"
    }

    /// Whether the gateway has said what becomes of the newest wish.
    package var isAnswered: Bool { newest.map { reported?.version == $0.version } ?? true }
}

/// A wish as a gateway is told it.
package struct GatewayDesiredState: Hashable, Sendable {
    package enum Subject: Hashable, Sendable {
        /// The room's slug. Without a temperature nothing is wished any more.
        case setpoint(room: String, celsius: Double?)
        /// The last part of the device's id.
        case storage(device: String, StorageCommand?)
    }

    package var version: Int64
    package var subject: Subject
    package var source: DesiredStateOrigin.Source
    package var who: String
    package var until: Timestamp?
    package var created: Timestamp
}

/// What a gateway says that holds.
package struct GatewayReportedState: Hashable, Sendable {
    package enum Subject: Hashable, Sendable {
        case room(String)
        case device(String)
    }

    package var subject: Subject
    package var version: Int64
    package var state: String
    package var celsius: Double?
    package var mode: String?
    package var watts: Double?
    package var source: String?
    package var who: String?
    package var until: Timestamp?
    package var reason: String?

    package init(
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
