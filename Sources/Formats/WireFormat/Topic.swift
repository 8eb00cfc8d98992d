package import Building

/// A topic of a building's broker. Topics start with a slash, as sensors on the market send them.
package enum Topic: Hashable, Sendable {
    /// Readings, `/readings/<room>/<kind>`. The kind is a datapoint's name or a device class.
    case readings(room: Slug, kind: String)
    /// Valve commands, `/actuators/<room>`.
    case actuator(room: Slug)
    /// Commands to a battery or car of the room, or of the whole `building`, `/actuators/<room>/<device>`.
    case storage(room: Slug, device: Slug)
    /// Requests from people in the building, `/setpoints/<room>`.
    case setpoint(room: Slug)
    /// The status of the gateway, `/gateways/<building>/status`.
    case gatewayStatus(building: Slug)
    /// The state of a room, `/gateways/<building>/rooms/<room>`.
    case roomState(building: Slug, room: Slug)

    /// The topic as sent to the broker.
    package var path: String {
        switch self {
        case .readings(let room, let kind): "/readings/\(room)/\(kind)"
        case .actuator(let room): "/actuators/\(room)"
        case .storage(let room, let device): "/actuators/\(room)/\(device)"
        case .setpoint(let room): "/setpoints/\(room)"
        case .gatewayStatus(let building): "/gateways/\(building)/status"
        case .roomState(let building, let room): "/gateways/\(building)/rooms/\(room)"
        }
    }

    /// Creates a topic from its path; `nil` if it is not one of these, or if a level is missing, superfluous or not a
    /// valid slug.
    package init?(path: String) {
        let levels = path.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count >= 3, levels[0].isEmpty, let slug = Slug(levels[2]) else { return nil }
        switch (levels[1], levels.count) {
        case ("readings", 4):
            // A kind may contain the same characters as a datapoint's name.
            guard let kind = Datapoint(levels[3]) else { return nil }
            self = .readings(room: slug, kind: kind.name)
        case ("actuators", 3): self = .actuator(room: slug)
        case ("actuators", 4):
            guard let device = Slug(levels[3]) else { return nil }
            self = .storage(room: slug, device: device)
        case ("setpoints", 3): self = .setpoint(room: slug)
        case ("gateways", 4) where levels[3] == "status": self = .gatewayStatus(building: slug)
        case ("gateways", 5) where levels[3] == "rooms":
            guard let room = Slug(levels[4]) else { return nil }
            self = .roomState(building: slug, room: room)
        default: return nil
        }
    }

    /// The filter for all readings, to which the gateway subscribes.
    package static let readingsFilter = "/readings/#"
    /// The filter for all set-points, to which the gateway subscribes.
    package static let setpointsFilter = "/setpoints/+"
    /// The common beginning of the topics that match `setpointsFilter`.
    package static let setpointsPrefix = "/setpoints/"
    /// Returns the filter for the states of all rooms of a building.
    package static func roomStatesFilter(building: Slug) -> String { "/gateways/\(building)/rooms/+" }
}
