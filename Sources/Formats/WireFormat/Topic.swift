package import Building

/// The topics of a building's broker. They start with a slash, as the sensors on the market send them.
package enum Topic: Hashable, Sendable {
    /// `/readings/<room>/<kind>`: the kind is a datapoint's name or a device class.
    case readings(room: Slug, kind: String)
    /// `/actuators/<room>`
    case actuator(room: Slug)
    /// `/actuators/<room>/<device>`: what a battery or car of the room, or of the whole `building`, is told to do.
    case storage(room: Slug, device: Slug)
    /// `/setpoints/<room>`
    case setpoint(room: Slug)
    /// `/gateways/<building>/status`
    case gatewayStatus(building: Slug)
    /// `/gateways/<building>/rooms/<room>`
    case roomState(building: Slug, room: Slug)

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

    /// `nil` where `path` is none of ours, or has a level that is missing, one too many or no slug.
    package init?(path: String) {
        let levels = path.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count >= 3, levels[0].isEmpty, let slug = Slug(levels[2]) else { return nil }
        switch (levels[1], levels.count) {
        case ("readings", 4):
            // A kind is bound to the same characters as a datapoint.
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

    /// What the gateway subscribes to.
    package static let readingsFilter = "/readings/#"
    package static let setpointsFilter = "/setpoints/+"
    /// What the topics begin with that `setpointsFilter` stands for.
    package static let setpointsPrefix = "/setpoints/"
    package static func roomStatesFilter(building: Slug) -> String { "/gateways/\(building)/rooms/+" }
}
