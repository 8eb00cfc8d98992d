/// The controllers that the bench sets side by side.
package enum ControllerKind: Sendable, Hashable {
    /// The gateway's own.
    case hearth
    /// A textbook controller, tuned for the room.
    case proportionalIntegral(PITuning)
    /// A thermostat: fully open below, shut above.
    case onOff

    package var name: String {
        switch self {
        case .hearth: "hearth"
        case .proportionalIntegral: "pi"
        case .onOff: "on-off"
        }
    }
}
