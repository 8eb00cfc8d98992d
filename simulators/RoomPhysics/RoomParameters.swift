/// The thermal properties of a room.
///
/// The structure's capacity and the exchange between air and structure follow ISO 13790:2008 (table 12 and section
/// 7.2.2.2), which gives them per floor area and class of construction.
package struct RoomParameters: Sendable, Hashable {
    /// The name of the room in reports.
    package var name: String
    /// The volume of the air, in m³.
    package var volume: Double
    /// The heat capacity of air and furniture together, in J/K.
    package var airCapacity: Double
    /// The heat capacity of walls, floor and ceiling, in J/K.
    package var structureCapacity: Double
    /// The exchange between air and structure, in W/K.
    package var airToStructure: Double
    /// The loss from the air through windows and by ventilation, in W/K.
    package var airToOutdoor: Double
    /// The loss from the structure through the outer wall, in W/K.
    package var structureToOutdoor: Double
    /// The effective area through which the sun shines in, in m²: glass × transmittance × frame and shading.
    package var solarAperture: Double
    /// The room's radiator.
    package var radiator: RadiatorParameters
    /// The radiator's valve.
    package var valve: ValveParameters

    /// Creates a hotel room of `floorArea` m².
    ///
    /// - Parameters:
    ///   - structurePerArea: the structure's capacity per floor area, in J/(m²·K): 110,000 for light, 260,000 for heavy
    ///     construction (ISO 13790:2008, table 12).
    ///   - lossPerArea: the loss per floor area, in W/(m²·K): about 1 for a well insulated, 2 for an old house.
    ///   - radiatorSizing: the radiator's output relative to the loss on the coldest design day (−12 °C).
    ///
    /// - Precondition: All numbers are positive and finite.
    package init(
        name: String, floorArea: Double = 20, structurePerArea: Double, lossPerArea: Double = 1.5,
        radiatorSizing: Double, valve: ValveParameters = ValveParameters()
    ) {
        precondition(
            [floorArea, structurePerArea, lossPerArea, radiatorSizing].allSatisfy { $0 > 0 && $0.isFinite },
            "a room's parameters must be positive numbers")
        self.name = name
        volume = floorArea * 2.5
        // Air alone holds a fifth of this; furniture and the surfaces of the walls follow it closely.
        airCapacity = volume * 1.2 * 1005 * 5
        structureCapacity = floorArea * structurePerArea
        let airToSurface = 3.45 * 4.5 * floorArea
        let surfaceToMass = 9.1 * 2.5 * floorArea
        airToStructure = 1 / (1 / airToSurface + 1 / surfaceToMass)
        airToOutdoor = lossPerArea * floorArea * 2 / 3
        structureToOutdoor = lossPerArea * floorArea / 3
        solarAperture = floorArea * 0.04
        let throughStructure = 1 / (1 / airToStructure + 1 / structureToOutdoor)
        let designLoss = (airToOutdoor + throughStructure) * (22 - HeatingCurve.designOutdoorCelsius)
        self.valve = valve
        radiator = RadiatorParameters(giving: designLoss * radiatorSizing)
    }

    /// A room of light construction, which warms and cools within hours.
    package static let light = RoomParameters(name: "light", structurePerArea: 110_000, radiatorSizing: 1.3)
    /// A room of heavy construction, which warms and cools within days.
    package static let heavy = RoomParameters(name: "heavy", structurePerArea: 260_000, radiatorSizing: 1.3)
    /// A room with a radiator twice as large as needed: every move of the valve has double the effect.
    package static let oversized = RoomParameters(name: "oversized", structurePerArea: 165_000, radiatorSizing: 2.2)
    /// A room with a radiator without any margin: it is late after a cold night, and can't compensate for wind or an
    /// open window.
    package static let undersized = RoomParameters(name: "undersized", structurePerArea: 165_000, radiatorSizing: 1)

    /// Returns a room that nobody has measured: size, construction, insulation, radiator and valve are random.
    ///
    /// - Parameter seed: the same seed always gives the same room.
    package static func drawn(seed: UInt64) -> RoomParameters {
        var generator = SplitMix64(seed: seed, for: "room")
        func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * generator.unit() }
        var room = RoomParameters(
            name: "drawn \(seed)", floorArea: between(12, 37), structurePerArea: between(80_000, 330_000),
            lossPerArea: between(0.8, 2.2), radiatorSizing: between(1.15, 2.65),
            valve: ValveParameters(
                travelSeconds: between(60, 260), rangeability: between(3, 25), deadZone: between(0, 0.06),
                backlash: between(0, 0.04)))
        // Furniture, wallpaper and curtains make rooms differ from those of the standard.
        room.airCapacity *= between(0.6, 1.6)
        room.airToStructure *= between(0.7, 1.4)
        return room
    }

    /// The rooms that can be chosen by name.
    package static let named = [light, heavy, oversized, undersized]
}
