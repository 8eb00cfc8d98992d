package import Building

/// What the valve of one room should do now, and why.
package struct Decision: Sendable, Hashable {
    /// How far the valve should be open.
    package var level: PercentOpen
    /// Whether `level` differs from the one decided before: a command is due. Always true for the first decision of a
    /// room that nothing was restored for.
    package var isNew: Bool
    /// The room's temperature, in °C: what its sensors say together, or while none is usable what the room model
    /// estimates (`quality` tells); `nil` when nothing is known any more.
    package var temperatureCelsius: Double?
    /// The set-point that is in force, in °C. Modes such as eco regulate for less.
    package var setpointCelsius: Double
    /// What is regulated for in this mode, in °C.
    package var targetCelsius: Double
    package var mode: RoomMode
    /// `good`: all sensors were heard and agree. `degraded`: some are missing or were outvoted. `estimated`: none is
    /// usable, the room model fills in. `failed`: nothing is known.
    package var quality: Quality
    /// What each known sensor is worth: `good`, `degraded` (heard, but far from the others), `failed` (silent or
    /// implausible, or saying what no room can be with its valve shut). Those that are still to be heard after a start are not among them.
    package var sensors: [String: Quality]
    /// Why, for people: `heating: 1.2 K below the set-point of 22 °C`.
    package var reason: String

    package init(
        level: PercentOpen, isNew: Bool, temperatureCelsius: Double?, setpointCelsius: Double,
        targetCelsius: Double, mode: RoomMode, quality: Quality, sensors: [String: Quality], reason: String
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
