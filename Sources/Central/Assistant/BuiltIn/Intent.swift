internal import Building

/// What a guest wants, as far as the built-in model can tell.
enum Intent: Equatable {
    case greeting
    case thanks
    case help
    case now([QuestionSubject])
    /// Why the room or its heating is as it is now.
    case why
    case history([QuestionSubject], [Statistic], Range<Timestamp>)
    case comfort(Range<Timestamp>)
    case energy(EnergyResolution, [Subsystem], Range<Timestamp>)
    /// °C
    case set(Double, until: Timestamp?)
    /// Kelvin.
    case adjust(Double, until: Timestamp?)
    case backToSchedule
    /// The heating can't be switched off here, only set low.
    case switchOff
    /// A change of which not everything is understood: nothing is changed.
    case unclear(UnclearPart)
    case undo
    case listRooms
    /// A guest asks about a room that is not theirs.
    case otherRoom
    /// The time asked about has not come yet.
    case future
    case unknown

    /// Whether something is to be changed in the room.
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
    /// The valve, and what else the control loop tells.
    case heating
    case setpoint

    /// What there is to tell of a room.
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
