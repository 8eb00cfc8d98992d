import Foundation

/// A hot-water radiator as a row of well-mixed segments, each of which loses heat to the room by the law of EN 442.
///
/// The segments result in a return temperature that falls with the flow and in a lag of a quarter of an hour, as in
/// real radiators.
package struct Radiator: Sendable {
    private static let segments = 3

    /// The parameters of the radiator.
    package let parameters: RadiatorParameters
    /// The temperatures of the segments from supply to return, in °C.
    private var waterCelsius: [Double]

    /// Creates a radiator whose water has the given temperature throughout.
    package init(parameters: RadiatorParameters, celsius: Double) {
        self.parameters = parameters
        waterCelsius = Array(repeating: celsius, count: Self.segments)
    }

    /// The temperature at which water leaves, in °C.
    package var returnCelsius: Double { waterCelsius[Self.segments - 1] }

    /// The mean temperature of its surface, in °C.
    package var meanCelsius: Double { waterCelsius.reduce(0, +) / Double(Self.segments) }

    /// Returns the heat output to a room at `roomCelsius`, in W.
    package func output(roomCelsius: Double) -> Double {
        let share = parameters.nominalWatts / Double(Self.segments)
        return waterCelsius.reduce(0) { sum, celsius in
            sum + share * Self.relativeOutput(excessKelvin: celsius - roomCelsius, exponent: parameters.exponent)
        }
    }

    /// Advances by `seconds`, with `flow` (0…1) of the full flow entering at `supplyCelsius`.
    ///
    /// The exchange with the flow is integrated implicitly, so that it is stable at any flow.
    ///
    /// - Returns: the heat drawn from the water, in J.
    mutating func step(seconds: Double, flow: Double, supplyCelsius: Double, roomCelsius: Double) -> Double {
        let capacity = parameters.capacity / Double(Self.segments)
        let share = parameters.nominalWatts / Double(Self.segments)
        let carried = parameters.fullFlow * flow
        var entering = supplyCelsius
        for segment in waterCelsius.indices {
            let present = waterCelsius[segment]
            let lost = share * Self.relativeOutput(excessKelvin: present - roomCelsius, exponent: parameters.exponent)
            let next =
                (present + seconds / capacity * (carried * entering - lost)) / (1 + seconds * carried / capacity)
            waterCelsius[segment] = next
            entering = next
        }
        return carried * (supplyCelsius - returnCelsius) * seconds
    }

    /// Returns the mean temperature of the segments if each takes an equal part of the drop from supply to return.
    static func meanCelsius(supplyCelsius: Double, returnCelsius: Double) -> Double {
        let share = Double(segments + 1) / Double(2 * segments)
        return supplyCelsius + share * (returnCelsius - supplyCelsius)
    }

    /// Returns the share of the nominal output at an excess temperature over the room: `(ΔT / 50 K)^n` (EN 442). It is
    /// negative if the radiator is colder than the room.
    static func relativeOutput(excessKelvin: Double, exponent: Double) -> Double {
        let size = pow(abs(excessKelvin) / 50, exponent)
        return excessKelvin < 0 ? -size : size
    }
}
