/// The parameters of a hot-water radiator.
package struct RadiatorParameters: Sendable, Hashable {
    /// Its output at an excess temperature of 50 K (75/65/20 °C), in W, as EN 442 rates radiators.
    package var nominalWatts: Double
    /// The exponent of its output over the excess temperature; EN 442 finds about 1.3 for panel radiators.
    package var exponent: Double
    /// The heat that its water and steel hold, in J/K.
    package var capacity: Double
    /// The heat that its water carries per kelvin with the valve fully open, in W/K.
    package var fullFlow: Double

    /// Creates parameters.
    ///
    /// - Precondition: All values are positive and finite.
    package init(nominalWatts: Double, exponent: Double = 1.3, capacity: Double, fullFlow: Double) {
        precondition(nominalWatts > 0 && nominalWatts.isFinite, "the radiator's output must be positive")
        precondition(exponent > 0 && exponent.isFinite, "the radiator's exponent must be positive")
        precondition(capacity > 0 && capacity.isFinite, "the radiator's heat capacity must be positive")
        precondition(fullFlow > 0 && fullFlow.isFinite, "the flow through an open valve must be positive")
        self.nominalWatts = nominalWatts
        self.exponent = exponent
        self.capacity = capacity
        self.fullFlow = fullFlow
    }

    /// Creates a radiator that gives `watts` to a room at 22 °C with the valve fully open and the given supply and
    /// return.
    ///
    /// Water and steel follow from its size: about 4 L and 19 kg per kilowatt of nominal output (data sheets of
    /// two-panel radiators of type 22).
    package init(giving watts: Double, supplyCelsius: Double = 55, returnCelsius: Double = 45) {
        let excess = Radiator.meanCelsius(supplyCelsius: supplyCelsius, returnCelsius: returnCelsius) - 22
        let nominal = watts / Radiator.relativeOutput(excessKelvin: excess, exponent: 1.3)
        let water = 4.0 * 4186
        let steel = 19.0 * 480
        self.init(
            nominalWatts: nominal, capacity: (water + steel) * nominal / 1000,
            fullFlow: watts / (supplyCelsius - returnCelsius))
    }
}
