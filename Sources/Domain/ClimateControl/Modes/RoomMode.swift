/// The mode that a room is in.
package enum RoomMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// Kept at the set-point.
    case comfort
    /// A few kelvin lower: nobody is present, or the schedule does not ask for comfort.
    case eco
    /// Heated towards the set-point, to be warm when the schedule asks for comfort.
    case preheat
    /// Heated at full power for a while, up to a little above the set-point.
    case boost
    /// Kept from freezing only.
    case frostProtection = "frost_protection"
    /// The valve is shut because the window is open.
    case windowOpen = "window_open"
    /// Not heated, except to keep it from freezing.
    case off
}

/// A mode that people can request for a room.
package enum ModeRequest: Sendable, Hashable, Codable {
    /// Comfort or eco, by schedule and presence.
    case automatic
    /// The set-point, regardless of schedule and presence.
    case comfort
    /// The eco set-point, regardless of schedule and presence.
    case eco
    /// `boost` for `seconds`, then automatic; limited to four hours.
    case boost(seconds: Double)
    /// Protection from freezing only, for instance during a vacancy of weeks.
    case frostProtection
    /// No heating, except to protect from freezing.
    case off

    /// The name used in topics.
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
