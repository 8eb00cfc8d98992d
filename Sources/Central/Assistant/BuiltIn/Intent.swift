internal import Building

/// The intent of a message, as far as the built-in model can tell.
enum Intent: Equatable {
    case greeting
    case thanks
    case help
    case now([QuestionSubject])
    /// The reason for the current state of the room or its heating.
    case why
    case history([QuestionSubject], [Statistic], Range<Timestamp>)
    case comfort(Range<Timestamp>)
    case energy(EnergyResolution, [Subsystem], Range<Timestamp>)
    /// A set-point in °C.
    case set(Double, until: Timestamp?)
    /// A change of the set-point in kelvin.
    case adjust(Double, until: Timestamp?)
    case backToSchedule
    /// Switching the heating off, which is not possible here: it can only be set low.
    case switchOff
    /// A change that is not fully understood: nothing is changed.
    case unclear(UnclearPart)
    case undo
    case listRooms
    /// A guest's question about another room.
    case otherRoom
    /// A question about a time in the future.
    case future
    case unknown

    /// A Boolean value that indicates whether the message asks for a change in the room.
    var isAChange: Bool {
        switch self {
        case .set, .adjust, .backToSchedule, .switchOff, .undo, .unclear: true
        default: false
        }
    }
}

enum QuestionSubject: CaseIterable {
    case temperature
    case humidity
    case air
    case presence
    /// The valve and the other reports of the control loop.
    case heating
    case setpoint

    /// The subjects of a general question about a room.
    static let overview: [QuestionSubject] = [.temperature, .humidity, .air, .presence, .heating]

    var datapoint: Datapoint {
        switch self {
        case .temperature: .temperature
        case .humidity: .humidity
        case .air: .co2
        case .presence: .presenceState
        case .heating: .valveLevel
        case .setpoint: .setpoint
        }
    }
}
