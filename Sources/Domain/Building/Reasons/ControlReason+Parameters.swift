extension ControlReason {
    /// The value of a parameter.
    package enum Value {
        case number(Number)
        case time(ClockTime)
        case span(Span)
        case cause(CauseCode)
        case yes

        /// The value as it is stored and sent.
        package var text: String {
            switch self {
            case .number(let number): number.text
            case .time(let time): time.text
            case .span(let span): span.text
            case .cause(let cause): cause.rawValue
            case .yes: "yes"
            }
        }
    }

    /// The code.
    package var code: Code {
        switch self {
        case .regulating(let regulation): regulation.code
        case .exercise: .exercise
        case .windowOpen: .windowOpen
        case .frostProtection: .frostProtection
        case .noSensor: .noSensor
        case .impossibleReading: .impossibleReading
        case .commandRefused: .commandRefused
        case .commandUnanswered: .commandUnanswered
        case .commandUnconfirmed: .commandUnconfirmed
        case .atMost: .atMost
        case .atLeast: .atLeast
        case .notControlled: .notControlled
        case .overridden: .overridden
        case .expired: .expired
        case .noTopic: .noTopic
        }
    }

    /// The cause of the mode, if the reason has one.
    package var cause: Cause? { if case .regulating(let regulation) = self { regulation.cause } else { nil } }

    /// The parameters, in the order of the text.
    package var parameters: [(name: Parameter, value: Value)] {
        switch self {
        case .regulating(let regulation): regulation.parameters
        case .windowOpen(.since(let since)): [(.since, .time(since))]
        case .windowOpen(.lasting(let span)), .noSensor(for: let span): [(.for, .span(span))]
        case .frostProtection(let celsius), .atMost(let celsius), .atLeast(let celsius): [(.celsius, .number(celsius))]
        case .impossibleReading(let celsius, let above, let outdoor):
            [(.celsius, .number(celsius)), (.above, .number(above))]
                + (outdoor.map { [(.outdoor, .number($0))] } ?? [])
        case .exercise, .commandRefused, .commandUnanswered, .commandUnconfirmed, .notControlled, .overridden, .expired,
            .noTopic:
            []
        }
    }
}

extension ControlReason.Regulation {
    fileprivate var code: ControlReason.Code { isShut ? .closed : error.value > 0 ? .heating : .holding }

    fileprivate var parameters: [(name: ControlReason.Parameter, value: ControlReason.Value)] {
        var parameters: [(name: ControlReason.Parameter, value: ControlReason.Value)] = []
        if error.value > 0 {
            parameters.append((.below, .number(error)))
        } else if error.value < 0 {
            parameters.append((.above, .number(ControlReason.Number(-error.value))))
        }
        switch goal {
        case .setpoint(let celsius): parameters.append((.setpoint, .number(celsius)))
        case .target(let celsius): parameters.append((.target, .number(celsius)))
        }
        if let cause { parameters += [(.cause, .cause(cause.code))] + cause.parameters }
        if isEstimated { parameters.append((.estimated, .yes)) }
        return parameters
    }
}

extension ControlReason.Cause {
    /// The code.
    package var code: ControlReason.CauseCode {
        switch self {
        case .ecoRequested: .ecoRequested
        case .off: .off
        case .frostProtectionRequested: .frostProtectionRequested
        case .boost: .boost
        case .eco(.schedule): .ecoBySchedule
        case .eco(.absence): .ecoByAbsence
        case .setDespite(.schedule): .setDespiteSchedule
        case .setDespite(.absence): .setDespiteAbsence
        case .preheating: .preheating
        }
    }

    /// The parameters, in the order of the text.
    fileprivate var parameters: [(name: ControlReason.Parameter, value: ControlReason.Value)] {
        switch self {
        case .boost(let left): [(.left, .span(left))]
        case .eco(.absence(let absence)), .setDespite(.absence(let absence)): [(.absent, .span(absence))]
        case .preheating(let start): [(.start, .time(start))]
        case .ecoRequested, .off, .frostProtectionRequested, .eco(.schedule), .setDespite(.schedule): []
        }
    }
}
