/// A room with two thermal masses, air and structure, a radiator, and its valve.
///
/// It advances by at most `longestStepSeconds` at a time. The shortest time constant of the explicit part, that of the
/// air, is above ten minutes in every room that `RoomParameters` describes, so the steps are stable by two orders of
/// magnitude.
package struct ThermalRoom: Sendable {
    /// The external influences on the room during a step.
    package struct Surroundings: Sendable, Hashable {
        /// The outdoor temperature, in °C.
        package var outdoorCelsius: Double
        /// The supply temperature of the heating water, in °C.
        package var supplyCelsius: Double
        /// The sunlight on the façade, in W/m².
        package var sun: Double
        /// The heat from people and appliances, in W.
        package var internalGain: Double
        /// The number of air changes per hour by an open window, besides ventilation; 0 if it is shut.
        package var windowAirChanges: Double

        /// Creates surroundings.
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

    /// The longest step of the integration, in s.
    package static let longestStepSeconds = 5.0

    // The shares of heat that go to the air; the rest goes to the surfaces.
    private static let radiatorToAir = 0.7
    private static let sunToAir = 0.2
    private static let gainToAir = 0.5
    /// The heat capacity of a cubic metre of air, in J/K.
    private static let airPerCubicMetre = 1.2 * 1005

    /// The parameters of the room.
    package let parameters: RoomParameters
    /// The air temperature, in °C.
    package private(set) var airCelsius: Double
    /// The temperature of the structure, in °C.
    package private(set) var structureCelsius: Double
    /// The state of the radiator.
    package private(set) var radiator: Radiator
    /// The state of the valve.
    package var valve: RadiatorValve
    /// The heat that the radiator has drawn from the water since the start, in J.
    package private(set) var heatJoules = 0.0

    /// Creates a room with valve and radiator at rest.
    package init(
        parameters: RoomParameters, airCelsius: Double = 20, structureCelsius: Double = 19, valvePercent: Int = 0
    ) {
        self.parameters = parameters
        self.airCelsius = airCelsius
        self.structureCelsius = structureCelsius
        valve = RadiatorValve(parameters: parameters.valve, position: Double(valvePercent) / 100)
        radiator = Radiator(parameters: parameters.radiator, celsius: airCelsius)
    }

    /// Advances by `seconds`. Zero or less changes nothing.
    package mutating func advance(seconds: Double, in surroundings: Surroundings) {
        var left = seconds
        while left > 0 {
            let step = min(left, Self.longestStepSeconds)
            advanceOnce(seconds: step, in: surroundings)
            left -= step
        }
    }

    /// Advances by one step.
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
