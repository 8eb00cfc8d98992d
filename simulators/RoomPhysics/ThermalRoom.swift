/// A room with two thermal masses, air and structure, a radiator, and its valve.
///
/// It is stepped at most `longestStepSeconds` at a time. The shortest time constant of the explicit part, the air's,
/// is above ten minutes in every room that `RoomParameters` describes, so the steps are stable by two orders of
/// magnitude.
package struct ThermalRoom: Sendable {
    /// What works on the room from outside during a step.
    package struct Surroundings: Sendable, Hashable {
        package var outdoorCelsius: Double
        package var supplyCelsius: Double
        /// The sun that reaches the façade, in W/m².
        package var sun: Double
        /// Heat from people and appliances, in W.
        package var internalGain: Double
        /// How often in an hour an open window renews the air, besides the ventilation; 0 where it is shut.
        package var windowAirChanges: Double

        package init(
            outdoorCelsius: Double, supplyCelsius: Double, sun: Double, internalGain: Double,
            windowAirChanges: Double = 0
        ) {
            self.outdoorCelsius = outdoorCelsius
            self.supplyCelsius = supplyCelsius
            self.sun = sun
            self.internalGain = internalGain
            self.windowAirChanges = windowAirChanges
        }
    }

    package static let longestStepSeconds = 5.0

    // How heat divides between the air and the surfaces that pass it on.
    private static let radiatorToAir = 0.7
    private static let sunToAir = 0.2
    private static let gainToAir = 0.5
    /// What a cubic metre of air holds, in J/K.
    private static let airPerCubicMetre = 1.2 * 1005

    package let parameters: RoomParameters
    package private(set) var airCelsius: Double
    package private(set) var structureCelsius: Double
    package private(set) var radiator: Radiator
    package var valve: RadiatorValve
    /// The heat that the radiator has drawn from its water since the start, in J.
    package private(set) var heatJoules = 0.0

    package init(
        parameters: RoomParameters, airCelsius: Double = 20, structureCelsius: Double = 19, valvePercent: Int = 0
    ) {
        self.parameters = parameters
        self.airCelsius = airCelsius
        self.structureCelsius = structureCelsius
        valve = RadiatorValve(parameters: parameters.valve, position: Double(valvePercent) / 100)
        radiator = Radiator(parameters: parameters.radiator, celsius: airCelsius)
    }

    /// Lets `seconds` pass. Zero or less changes nothing.
    package mutating func advance(seconds: Double, in surroundings: Surroundings) {
        var left = seconds
        while left > 0 {
            let step = min(left, Self.longestStepSeconds)
            advanceOnce(seconds: step, in: surroundings)
            left -= step
        }
    }

    private mutating func advanceOnce(seconds: Double, in surroundings: Surroundings) {
        valve.step(seconds: seconds)
        let radiated = radiator.output(roomCelsius: airCelsius)
        heatJoules += radiator.step(
            seconds: seconds, flow: valve.flow, supplyCelsius: surroundings.supplyCelsius, roomCelsius: airCelsius)
        let sun = surroundings.sun * parameters.solarAperture
        let gain = surroundings.internalGain
        let throughWindow =
            surroundings.windowAirChanges * parameters.volume * Self.airPerCubicMetre / 3600
        let exchanged = parameters.airToStructure * (structureCelsius - airCelsius)
        let toAir =
            Self.radiatorToAir * radiated + Self.sunToAir * sun + Self.gainToAir * gain + exchanged
            + (parameters.airToOutdoor + throughWindow) * (surroundings.outdoorCelsius - airCelsius)
        let toStructure =
            (1 - Self.radiatorToAir) * radiated + (1 - Self.sunToAir) * sun + (1 - Self.gainToAir) * gain - exchanged
            + parameters.structureToOutdoor * (surroundings.outdoorCelsius - structureCelsius)
        airCelsius += toAir * seconds / parameters.airCapacity
        structureCelsius += toStructure * seconds / parameters.structureCapacity
    }
}
