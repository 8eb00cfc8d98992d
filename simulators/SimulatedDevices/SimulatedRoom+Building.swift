package import Building
package import RoomPhysics

extension SimulatedRoom {
    /// Creates the room with this name in a building with this seed. No two are built or heated alike.
    package init(oneOfItsKind slug: Slug, sensors: Int, outdoorDay: OutdoorDay, startSecondOfDay: Double, seed: UInt64)
    {
        var generator = SplitMix64(seed: seed, for: "room \(slug)")
        let parameters = RoomParameters(
            name: slug.text, floorArea: 16 + 14 * generator.unit(),
            structurePerArea: 110_000 + 150_000 * generator.unit(), lossPerArea: 1.2 + 0.6 * generator.unit(),
            radiatorSizing: 1.2 + 0.6 * generator.unit())
        let air = 20 + 2 * generator.unit()
        self.init(
            name: slug.text, parameters: parameters, weather: Weather(days: [outdoorDay]), sensorCount: sensors,
            airCelsius: air,
            structureCelsius: air - 0.5, startSecondOfDay: startSecondOfDay, seed: seed)
    }
}

extension PowerMeter.Load {
    /// Creates the load that the inventory's subsystem names; without one, plug loads.
    package init(behind meter: Inventory.Device) {
        self =
            switch meter.subsystem.flatMap(Subsystem.init(rawValue:)) {
            case .ac: .airConditioning
            case .lighting: .lighting
            case .plugLoad, nil: .plugLoad
            }
    }
}
