public import Building

/// What the valve of one room should do now, and why.
public struct Decision: Sendable, Hashable {
    /// How far the valve should be open.
    public var level: PercentOpen
    /// Whether `level` differs from the one decided before: a command is due. Always true for the first decision of a
    /// room that nothing was restored for.
    public var isNew: Bool
    /// What the room's sensors say together, in °C; `nil` while none is usable.
    public var temperatureCelsius: Double?
    /// The set-point that the decision was made for, in °C.
    public var setpointCelsius: Double
    /// `good`: all sensors were heard and agree. `degraded`: some are missing or were outvoted. `failed`: none is
    /// usable.
    public var quality: Quality
    /// Why, for people: `heating: 1.2 K below the set-point of 22 °C`.
    public var reason: String

    public init(
        level: PercentOpen, isNew: Bool, temperatureCelsius: Double?, setpointCelsius: Double, quality: Quality,
        reason: String
    ) {
        self.level = level
        self.isNew = isNew
        self.temperatureCelsius = temperatureCelsius
        self.setpointCelsius = setpointCelsius
        self.quality = quality
        self.reason = reason
    }
}
