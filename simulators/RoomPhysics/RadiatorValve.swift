import Foundation

/// The parameters of a motorised valve.
package struct ValveParameters: Sendable, Hashable {
    /// The time from shut to fully open, in s.
    package var travelSeconds: Double
    /// The ratio between the flow when fully open and the flow when barely open. At 20 a radiator's heat follows the
    /// opening about evenly; near 1 the flow itself does, and most of the heat comes with the first few percent.
    package var rangeability: Double
    /// The share of the travel over which the seat is still tight, 0..<0.5.
    package var deadZone: Double
    /// The play between motor and plug, as a share of the travel, 0..<0.5: after a reversal the plug stays put for this
    /// distance.
    package var backlash: Double

    /// Creates parameters.
    ///
    /// - Precondition: `travelSeconds` is positive, `rangeability` above 1, the other two in 0..<0.5.
    package init(
        travelSeconds: Double = 120, rangeability: Double = 20, deadZone: Double = 0.03, backlash: Double = 0.02
    ) {
        precondition(travelSeconds > 0 && travelSeconds.isFinite, "the travel time must be positive")
        precondition(rangeability > 1 && rangeability.isFinite, "an open valve must let more through than a closed one")
        precondition((0..<0.5).contains(deadZone) && (0..<0.5).contains(backlash), "at most half may have no effect")
        self.travelSeconds = travelSeconds
        self.rangeability = rangeability
        self.deadZone = deadZone
        self.backlash = backlash
    }
}

/// A motorised valve. It moves at a constant speed, its plug follows with some play (hysteresis), and its flow follows
/// an equal-percentage characteristic (IEC 60534-2-4, with the leakage at the seat removed) once the seat has opened.
package struct RadiatorValve: Sendable {
    /// The parameters of the valve.
    package let parameters: ValveParameters
    /// The commanded opening, 0…1.
    package private(set) var target: Double
    /// The position of the motor, 0…1.
    package private(set) var position: Double
    /// The position of the plug, between `position - backlash` and `position`.
    private var plug: Double

    /// Creates a valve at rest at `position`, 0…1.
    package init(parameters: ValveParameters, position: Double = 0) {
        self.parameters = parameters
        self.position = min(1, max(0, position))
        target = self.position
        plug = max(0, self.position - parameters.backlash)
    }

    /// Starts a move to an opening of `percent`, 0…100.
    package mutating func move(toPercent percent: Int) {
        target = Double(min(100, max(0, percent))) / 100
    }

    /// Advances by `seconds`.
    mutating func step(seconds: Double) {
        let reach = seconds / parameters.travelSeconds
        position += min(reach, max(-reach, target - position))
        plug = max(0, min(position, max(plug, position - parameters.backlash)))
    }

    /// The share of the full flow that passes, 0…1.
    package var flow: Double {
        let lift = plug / (1 - parameters.backlash)
        let opening = max(0, (lift - parameters.deadZone) / (1 - parameters.deadZone))
        return min(1, (pow(parameters.rangeability, opening) - 1) / (parameters.rangeability - 1))
    }
}
