import Foundation

/// What a motor valve is.
public struct ValveParameters: Sendable, Hashable {
    /// The time from shut to fully open, in s.
    public var travelSeconds: Double
    /// The ratio of the flows at full and at just above no opening: 20 makes a radiator's heat follow the opening
    /// about evenly, near 1 the flow itself follows it evenly, and the heat comes with the first few percent.
    public var rangeability: Double

    /// - Precondition: `travelSeconds` is positive, `rangeability` above 1.
    public init(travelSeconds: Double = 120, rangeability: Double = 20) {
        precondition(travelSeconds > 0 && travelSeconds.isFinite, "a valve takes time to move")
        precondition(rangeability > 1 && rangeability.isFinite, "an open valve lets more through than a shut one")
        self.travelSeconds = travelSeconds
        self.rangeability = rangeability
    }
}

/// A motor valve: it moves at a fixed speed, and its flow follows an equal-percentage characteristic (IEC 60534-2-4,
/// with the leak at the seat removed).
public struct RadiatorValve: Sendable {
    public let parameters: ValveParameters
    /// What it was told, 0…1.
    public private(set) var target: Double
    /// Where it is, 0…1.
    public private(set) var position: Double

    public init(parameters: ValveParameters, position: Double = 0) {
        self.parameters = parameters
        self.position = min(1, max(0, position))
        target = self.position
    }

    /// Sends it on its way to an opening of `percent`, 0…100.
    public mutating func move(toPercent percent: Int) {
        target = Double(min(100, max(0, percent))) / 100
    }

    mutating func step(seconds: Double) {
        let reach = seconds / parameters.travelSeconds
        position += min(reach, max(-reach, target - position))
    }

    /// The share of the full flow that it lets through, 0…1.
    public var flow: Double {
        (pow(parameters.rangeability, position) - 1) / (parameters.rangeability - 1)
    }
}
