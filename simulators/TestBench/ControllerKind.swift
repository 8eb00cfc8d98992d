/// The controllers that the bench compares.
package enum ControllerKind: Sendable, Hashable {
    /// The gateway's own controller.
    case hearth
    /// A textbook controller, tuned for the room.
    case proportionalIntegral(PITuning)
    /// A thermostat: fully open below the set-point, shut above it.
    case onOff

    /// The short name in tables and charts.
    package var name: String {
        switch self {
        case .hearth: "hearth"
        case .proportionalIntegral: "pi"
        case .onOff: "on-off"
        }
    }
}
