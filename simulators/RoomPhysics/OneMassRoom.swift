import Foundation

/// What a room of one mass is.
package struct OneMassParameters: Sendable, Hashable {
    /// The outdoor temperature that emitters are sized for, in °C.
    package static let designOutdoorCelsius = -10.0
    /// The room temperature that emitters are sized for, in °C.
    package static let designRoomCelsius = 22.0

    /// How fast the room follows its surroundings: its capacity over its loss, in h.
    package var timeConstantHours: Double
    /// What the emitter gives with the valve fully open, over what the room loses on the design day.
    package var emitterTimesLoad: Double
    /// How long the emitter takes to warm up and to cool down, in s; 0: it follows the valve at once, as a fan coil does.
    package var emitterLagSeconds: Double
    /// The time from shut to fully open, in s; 0: at once.
    package var valveTravelSeconds: Double

    /// - Precondition: The first two are positive and finite, the others at least 0.
    package init(
        timeConstantHours: Double, emitterTimesLoad: Double, emitterLagSeconds: Double = 900,
        valveTravelSeconds: Double = 120
    ) {
        precondition(timeConstantHours > 0 && timeConstantHours.isFinite, "a room takes time to warm up")
        precondition(emitterTimesLoad > 0 && emitterTimesLoad.isFinite, "an emitter gives heat")
        precondition(emitterLagSeconds >= 0 && valveTravelSeconds >= 0, "no lag is negative")
        self.timeConstantHours = timeConstantHours
        self.emitterTimesLoad = emitterTimesLoad
        self.emitterLagSeconds = emitterLagSeconds
        self.valveTravelSeconds = valveTravelSeconds
    }
}

/// A room as a single mass behind an emitter: the simplest plant that there is, and for a controller whose model has a
/// radiator of a quarter of an hour and walls a strange one. With a light mass and a large emitter a percent of opening
/// counts fifty times as much as in an ordinary room.
///
///     emitter' = (opening − emitter) / emitterLag
///     room'    = (outdoor − room + times · (22 − −10) · emitter) / timeConstant
package struct OneMassRoom: Sendable {
    private static let longestStepSeconds = 5.0

    package let parameters: OneMassParameters
    package private(set) var celsius: Double
    /// How far its valve is open, 0…1.
    private var position: Double
    /// The share of its full power that the emitter gives, 0…1.
    private var emitter: Double

    package init(parameters: OneMassParameters, celsius: Double, valvePercent: Int = 0) {
        self.parameters = parameters
        self.celsius = celsius
        position = Double(valvePercent) / 100
        emitter = position
    }

    /// Lets `seconds` pass, with the valve told to open to `valvePercent`.
    ///
    /// - Parameter windowLoss: The heat that an open window takes, over what the room loses without; 0 where it is shut.
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
            // The exact solution for a step with all else constant: stable for any time constant.
            let loss = 1 + max(0, windowLoss)
            let goal = outdoorCelsius + full * emitter / loss
            celsius += (1 - exp(-step * loss / (parameters.timeConstantHours * 3600))) * (goal - celsius)
        }
    }
}
