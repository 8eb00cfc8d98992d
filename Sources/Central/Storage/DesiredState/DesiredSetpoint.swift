package import Building
package import CivilTime

/// The desired set-point of a room.
package struct DesiredSetpoint: Hashable, Sendable {
    /// The number of the change, which counts all desired states of the building.
    package var version: Int64
    /// The temperature in °C; `nil` if it was withdrawn, so that the gateway's configuration applies.
    package var celsius: Double?
    /// The time at which it expires; `nil` for never.
    package var until: Timestamp?
    /// The authority it was set with.
    package var source: DesiredStateOrigin.Source
    /// The person or program that set it, for people: `guest`, `operator ops, by chat`.
    package var who: String
    /// The time at which it was set.
    package var created: Timestamp

    /// Returns whether the set-point is neither withdrawn nor expired.
    package func isActive(at now: Timestamp) -> Bool { celsius != nil && until.map { $0 > now } ?? true }
}

/// The origin of a desired state.
package struct DesiredStateOrigin: Hashable, Sendable {
    /// The authority of a desired state, which decides its limits.
    package enum Source: String, Hashable, Sendable {
        /// A guest, with a guest's limits.
        case guest
        case central
    }

    /// The authority.
    package var source: Source
    /// The person or program, for people: `guest`, `operator ops, by chat`.
    package var who: String
    /// The id of the token.
    package var token: Int?
    /// The range of earlier desired states that the origin has access to.
    package var visible: VisibleRange

    /// Creates an origin.
    package init(source: Source, who: String, token: Int? = nil, visible: VisibleRange = .everything) {
        self.source = source
        self.who = who
        self.token = token
        self.visible = visible
    }

    /// Creates the origin of a caller's request.
    ///
    /// - Parameter way: The way it was made, if worth mentioning: `chat`.
    package init(_ caller: Caller, by way: String? = nil) {
        let name = caller.role == .guest ? "guest" : "operator"
        self.init(
            source: caller.role == .guest ? .guest : .central, who: name + (way.map { ", by \($0)" } ?? ""),
            token: caller.token, visible: caller.visible)
    }

    /// The range of set-points that gateways accept from this origin, °C.
    package var celsiusLimits: ClosedRange<Double> {
        source == .guest ? SetpointLimits.guestCelsius : SetpointLimits.celsius
    }
}

/// The state a gateway reports for a room's set-point.
package struct ReportedSetpoint: Hashable, Sendable {
    /// The version of the desired state that `state` answers; 0 if there was none.
    package var version: Int64
    /// `none`, `accepted`, `clamped`, `rejected`, `overridden` or `expired`.
    package var state: String
    /// The set-point in force, °C.
    package var celsius: Double?
    /// The authority whose set-point is in force: `configuration`, `local_operator`, `central`, `guest`.
    package var source: String?
    /// The person or program that set it, for people.
    package var who: String?
    /// The time at which the set-point in force ends; `nil` for never.
    package var until: Timestamp?
    /// The reason it differs from the desired state: the text of a `ControlReason`, or a sentence in English.
    package var reason: String?
    /// The time at which the report arrived.
    package var time: Timestamp
}

/// The desired and the reported set-point of a room.
package struct RoomSetpoint: Hashable, Sendable {
    /// The room's id.
    package var room: Int
    /// The building's id.
    package var building: Int
    package var calendar: LocalCalendar
    /// The newest desired set-point, even if it was withdrawn or has expired.
    package var newest: DesiredSetpoint?
    /// The newest desired set-point while it is active.
    package var desired: DesiredSetpoint?
    /// The reported set-point; `nil` before the first report.
    package var reported: ReportedSetpoint?

    /// A Boolean value that indicates whether there is a desired or a reported state.
    package var isTelling: Bool { newest != nil || reported != nil }

    /// A Boolean value that indicates whether the gateway has accepted the newest desired set-point, possibly clamped.
    package var isApplied: Bool {
        guard let newest, let reported, reported.version == newest.version else { return false }
        return reported.state == "accepted" || reported.state == "clamped"
    }

    /// A Boolean value that indicates whether the gateway has answered the newest desired set-point.
    package var isAnswered: Bool { newest.map { reported?.version == $0.version } ?? true }
}

/// A desired state as it is sent to a gateway.
package struct GatewayDesiredState: Hashable, Sendable {
    /// The room or device the desired state applies to, with its value.
    package enum Subject: Hashable, Sendable {
        /// A room, by its slug, and its set-point in °C; `nil` if it was withdrawn.
        case setpoint(room: String, celsius: Double?)
        /// A battery or car, by the last part of its device id, and its command; `nil` if it was withdrawn.
        case storage(device: String, StorageCommand?)
    }

    /// The number of the change, which counts all desired states of the building.
    package var version: Int64
    /// The room or device, and the desired value.
    package var subject: Subject
    /// The authority it was set with.
    package var source: DesiredStateOrigin.Source
    /// The person or program that set it, for people.
    package var who: String
    /// The time at which it expires; `nil` for never.
    package var until: Timestamp?
    /// The time at which it was set.
    package var created: Timestamp
}

/// The state a gateway reports for a room or device.
package struct GatewayReportedState: Hashable, Sendable {
    /// The room, by its slug, or the device, by the last part of its id.
    package enum Subject: Hashable, Sendable {
        case room(String)
        case device(String)
    }

    /// The room or device.
    package var subject: Subject
    /// The version of the desired state that `state` answers; 0 if there was none.
    package var version: Int64
    /// The outcome: `none`, `accepted`, `clamped`, `rejected`, `overridden` or `expired`.
    package var state: String
    /// The set-point in force, °C.
    package var celsius: Double?
    /// The mode of the battery or car in force.
    package var mode: String?
    /// The power in force, W.
    package var watts: Double?
    /// The authority whose value is in force: `configuration`, `local_operator`, `central`, `guest`.
    package var source: String?
    /// The person or program that set it, for people.
    package var who: String?
    /// The time at which the value in force ends; `nil` for never.
    package var until: Timestamp?
    /// The reason it differs from the desired state: the text of a `ControlReason`, or a sentence in English.
    package var reason: String?

    /// Creates a report; `until` and `reason` as in the properties.
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
