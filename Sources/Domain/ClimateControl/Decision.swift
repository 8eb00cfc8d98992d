package import Building

/// The decision for the valve of one room, with its reason.
package struct Decision: Sendable, Hashable {
    /// The opening that the valve should have.
    package var level: PercentOpen
    /// A Boolean value that indicates whether `level` differs from the previous decision, so that a command is due.
    /// Always true for the first decision of a room for which nothing was restored.
    package var isNew: Bool
    /// The room's temperature, °C: the fused value of its sensors or, while none is usable, the estimate of the room
    /// model (see `quality`); `nil` when nothing is known any more.
    package var temperatureCelsius: Double?
    /// The set-point in force, °C. Modes such as eco have a lower target.
    package var setpointCelsius: Double
    /// The temperature that the current mode regulates for, °C.
    package var targetCelsius: Double
    /// The mode that the room is in.
    package var mode: RoomMode
    /// The quality of `temperatureCelsius`. `good`: all sensors were heard and agree. `degraded`: some are missing or
    /// were outvoted. `estimated`: none is usable and the room model fills in. `failed`: nothing is known.
    package var quality: Quality
    /// The quality of each known sensor: `good`, `degraded` (heard, but far from the others), `failed` (silent,
    /// implausible, or reporting what is impossible with the valve shut). Sensors not yet heard since a start are left
    /// out until they are overdue.
    package var sensors: [String: Quality]
    /// The reason for the level.
    package var reason: ControlReason

    /// Creates a decision.
    package init(
        level: PercentOpen, isNew: Bool, temperatureCelsius: Double?, setpointCelsius: Double,
        targetCelsius: Double, mode: RoomMode, quality: Quality, sensors: [String: Quality], reason: ControlReason
    ) {
        self.level = level
        self.isNew = isNew
        self.temperatureCelsius = temperatureCelsius
        self.setpointCelsius = setpointCelsius
        self.targetCelsius = targetCelsius
        self.mode = mode
        self.quality = quality
        self.sensors = sensors
        self.reason = reason
    }
}
