/// What a room is kept for at the moment.
package enum RoomMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// At the set-point.
    case comfort
    /// A few kelvin lower: nobody is there, or the schedule wants no comfort.
    case eco
    /// On its way to the set-point, so as to be warm when the schedule says so.
    case preheat
    /// As warm as it gets for a while, up to a little above the set-point.
    case boost
    /// Only kept from freezing.
    case frostProtection = "frost_protection"
    /// The valve is shut because the window is open.
    case windowOpen = "window_open"
    /// Not heated at all, but kept from freezing.
    case off
}

/// What people want of a room.
package enum ModeRequest: Sendable, Hashable, Codable {
    /// Comfort and eco by schedule and presence.
    case automatic
    /// The set-point, whatever schedule and presence say.
    case comfort
    /// The set-point of rooms that need no comfort, whatever schedule and presence say.
    case eco
    /// `boost` for `seconds`, then automatic; limited to four hours.
    case boost(seconds: Double)
    /// Only kept from freezing, for instance over a vacancy of weeks.
    case frostProtection
    case off

    /// As topics call it.
    package var name: String {
        switch self {
        case .automatic: "auto"
        case .comfort: "comfort"
        case .eco: "eco"
        case .boost: "boost"
        case .frostProtection: "frost_protection"
        case .off: "off"
        }
    }
}
