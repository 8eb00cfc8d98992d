import Foundation

/// The parameters of a room with a single thermal mass.
package struct OneMassParameters: Sendable, Hashable {
    /// The outdoor temperature that emitters are sized for, in °C.
    package static let designOutdoorCelsius = -10.0
    /// The room temperature that emitters are sized for, in °C.
    package static let designRoomCelsius = 22.0

    /// The ratio of the room's heat capacity to its heat loss, in h: how fast the room follows its surroundings.
    package var timeConstantHours: Double
    /// The heat that the emitter gives with the valve fully open, relative to the room's loss on the design day.
    package var emitterTimesLoad: Double
    /// The time constant of the emitter, in s; 0 if it follows the valve at once, as a fan coil does.
    package var emitterLagSeconds: Double
    /// The time from shut to fully open, in s; 0 if the valve moves at once.
    package var valveTravelSeconds: Double

    /// Creates parameters.
    ///
    /// - Precondition: The first two are positive and finite, the others at least 0.
    package init(
        timeConstantHours: Double, emitterTimesLoad: Double, emitterLagSeconds: Double = 900,
        valveTravelSeconds: Double = 120
    ) {
        precondition(timeConstantHours > 0 && timeConstantHours.isFinite, "the time constant must be positive")
        precondition(emitterTimesLoad > 0 && emitterTimesLoad.isFinite, "the emitter's output must be positive")
        precondition(emitterLagSeconds >= 0 && valveTravelSeconds >= 0, "lags must not be negative")
        self.timeConstantHours = timeConstantHours
        self.emitterTimesLoad = emitterTimesLoad
        self.emitterLagSeconds = emitterLagSeconds
        self.valveTravelSeconds = valveTravelSeconds
    }
}

/// A room with a single mass behind an emitter: the simplest possible plant, and a strange one for a controller whose
/// model has walls and a radiator that lags by a quarter of an hour. With a light mass and a large emitter, a percent
/// of opening has fifty times the effect that it has in an ordinary room.
///
///     emitter' = (opening − emitter) / emitterLag
///     room'    = (outdoor − room + times · (22 − −10) · emitter) / timeConstant
package struct OneMassRoom: Sendable {
    private static let longestStepSeconds = 5.0

    /// The parameters of the room.
    package let parameters: OneMassParameters
    /// The air temperature, in °C.
    package private(set) var celsius: Double
    /// The opening of the valve, 0…1.
    private var position: Double
    /// The share of its full power that the emitter gives, 0…1.
    private var emitter: Double

    /// Creates a room with valve and emitter settled at an opening of `valvePercent`.
    package init(parameters: OneMassParameters, celsius: Double, valvePercent: Int = 0) {
        self.parameters = parameters
        self.celsius = celsius
        position = Double(valvePercent) / 100
        emitter = position
    }

    /// Advances by `seconds` with the valve commanded to `valvePercent`.
    ///
    /// - Parameter windowLoss: the heat lost through an open window, relative to the loss without it; 0 if the window
    ///   is shut.
    package mutating func advance(
        seconds: Double, valvePercent: Int, outdoorCelsius: Double, windowLoss: Double = 0
    ) {
        var left = seconds
        while left > 0 {
            let step = min(left, Self.longestStepSeconds)
            left -= step
            let target = min(1, max(0, Double(valvePercent) / 100))
            let reach = parameters.valveTravelSeconds > 0 ? step / parameters.valveTravelSeconds : 1
            position += min(reach, max(-reach, target - position))
            let share =
                parameters.emitterLagSeconds > 0 ? 1 - exp(-step / parameters.emitterLagSeconds) : 1
            emitter += share * (position - emitter)
            let full =
                parameters.emitterTimesLoad
                * (OneMassParameters.designRoomCelsius - OneMassParameters.designOutdoorCelsius)
            // The exact solution for a step with everything else constant: stable for any time constant.
            let loss = 1 + max(0, windowLoss)
            let goal = outdoorCelsius + full * emitter / loss
            celsius += (1 - exp(-step * loss / (parameters.timeConstantHours * 3600))) * (goal - celsius)
        }
    }
}
