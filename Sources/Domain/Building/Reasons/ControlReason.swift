/// The reason a valve is where it is, or a desired state is not in force as set: a code with parameters.
///
/// It is stored and sent as one line of text, `window_open since=14:02` (see `text`), and worded only where it is shown,
/// by a `ControlReasonWording`. `docs/reference/control-reasons.md` lists the codes.
package enum ControlReason: Hashable, Sendable {
    // MARK: The valve

    /// The valve follows the room's temperature.
    case regulating(Regulation)
    /// The valve is moved from end to end, so that it does not stick.
    case exercise
    /// The valve is shut because a window is open.
    case windowOpen(Opening)
    /// The room is so cold, °C, that pipes might freeze.
    case frostProtection(celsius: Number)
    /// No sensor has been usable for this long, and nothing is known of the room any more.
    case noSensor(for: Span)
    /// The sensors report a temperature, °C, that no room has with its valve shut for an hour; so many kelvins above the
    /// set-point, with this outdoor temperature, °C, if it is known.
    case impossibleReading(celsius: Number, aboveSetpoint: Number, outdoorCelsius: Number?)
    /// The broker refuses the valve's command, so the valve stays as it is.
    case commandRefused
    /// The broker has not acknowledged the valve's command.
    case commandUnanswered
    /// The broker can't tell whether it accepted the valve's command, and the command does not come back.
    case commandUnconfirmed

    // MARK: The desired state

    /// The building allows no set-point above this, °C.
    case atMost(celsius: Number)
    /// The building allows no set-point below this, °C.
    case atLeast(celsius: Number)
    /// The room is not under control.
    case notControlled
    /// Someone in the building set something else.
    case overridden
    /// The desired state has ended.
    case expired
    /// The name of a battery or car can't be part of a topic.
    case noTopic
}

extension ControlReason {
    /// The valve's position by the room's temperature.
    package struct Regulation: Hashable, Sendable {
        /// The temperature that is regulated for, °C.
        package enum Goal: Hashable, Sendable {
            /// The set-point in force.
            case setpoint(Number)
            /// Another target, as in eco.
            case target(Number)
        }

        /// A Boolean value that indicates whether the valve is shut.
        package var isShut: Bool
        /// The target minus the room's temperature, K: positive in a room that is too cold.
        package var error: Number
        /// The temperature that is regulated for.
        package var goal: Goal
        /// The cause of any mode but plain comfort.
        package var cause: Cause?
        /// A Boolean value that indicates whether no sensor is usable and the room's temperature is estimated.
        package var isEstimated: Bool

        /// Creates a reason.
        package init(isShut: Bool, error: Number, goal: Goal, cause: Cause? = nil, isEstimated: Bool = false) {
            self.isShut = isShut
            self.error = error
            self.goal = goal
            self.cause = cause
            self.isEstimated = isEstimated
        }
    }

    /// The time that a window has been open.
    package enum Opening: Hashable, Sendable {
        /// It was opened at this time of day.
        case since(ClockTime)
        /// It has been open for this long; without a trusted calendar.
        case lasting(Span)
    }

    /// The cause of the mode that a room is in.
    package enum Cause: Hashable, Sendable {
        /// Someone requested eco.
        case ecoRequested
        /// Someone turned the heating off.
        case off
        /// Someone requested frost protection.
        case frostProtectionRequested
        /// Someone requested a boost, which ends in this time.
        case boost(left: Span)
        /// The room saves energy.
        case eco(Saving)
        /// A set-point that someone set takes precedence over saving energy.
        case setDespite(Saving)
        /// The room is heated to be warm at this time of day.
        case preheating(for: ClockTime)
    }

    /// The cause for a room to save energy.
    package enum Saving: Hashable, Sendable {
        /// The schedule is outside its comfort times.
        case schedule
        /// Nobody has been in the room for this long.
        case absence(Span)
    }

    /// The code of a reason, as it is stored and sent.
    package enum Code: String, CaseIterable, Sendable {
        case heating, holding, closed, exercise
        case windowOpen = "window_open"
        case frostProtection = "frost_protection"
        case noSensor = "no_sensor"
        case impossibleReading = "impossible_reading"
        case commandRefused = "command_refused"
        case commandUnanswered = "command_unanswered"
        case commandUnconfirmed = "command_unconfirmed"
        case atMost = "at_most"
        case atLeast = "at_least"
        case notControlled = "not_controlled"
        case overridden, expired
        case noTopic = "no_topic"
    }

    /// The code of a cause: the value of the parameter `cause`.
    package enum CauseCode: String, CaseIterable, Sendable {
        case ecoRequested = "eco_requested"
        case off
        case frostProtectionRequested = "frost_protection_requested"
        case boost
        case ecoBySchedule = "eco_schedule"
        case ecoByAbsence = "eco_absence"
        case setDespiteSchedule = "set_despite_schedule"
        case setDespiteAbsence = "set_despite_absence"
        case preheating
    }

    /// The name of a parameter, in the text and as the placeholder of a wording.
    package enum Parameter: String, CaseIterable, Sendable {
        /// The number of kelvins by which the room is below or above the target.
        case below, above
        /// The temperature that is regulated for, °C: the set-point, or another target.
        case setpoint, target
        /// The cause of the mode, a `CauseCode`.
        case cause
        /// The time that a boost has left, and that nobody has been in the room.
        case left, absent
        /// The time of day for which the room is heated.
        case start
        /// Whether the room's temperature is estimated: `yes`.
        case estimated
        /// The time of day from which, and the time for which, something has been so.
        case since, `for`
        /// A temperature of the room, or a limit, °C.
        case celsius
        /// The outdoor temperature, °C.
        case outdoor
    }
}
