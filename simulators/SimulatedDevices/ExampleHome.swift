package import Building

/// The default home: solar panels, a battery, a car and a family's appliances.
package enum ExampleHome {
    /// The rooms and devices of the home.
    package static let inventory = Inventory(
        building: Inventory.BuildingEntry(
            slug: slug("home"), name: "Home", kind: "home", timeZone: "Europe/Berlin"),
        floors: [
            Inventory.Floor(
                slug: slug("0"), name: "Ground floor", level: 0,
                rooms: [
                    Inventory.Room(
                        slug: slug("living-room"), name: "Living room",
                        devices: (1...5).map { Inventory.Device(id: "sensor-\($0)", deviceClass: .temperatureSensor) }
                            + [Inventory.Device(id: "valve", deviceClass: .radiatorValve)])
                ])
        ],
        devices: [
            Inventory.Device(id: "solar-roof", deviceClass: .solarPanel),
            Inventory.Device(id: "wall-battery", deviceClass: .battery),
            Inventory.Device(id: "car", deviceClass: .electricVehicle),
        ]
            + ["fridge", "dishwasher", "washing-machine", "air-conditioning", "oven", "lighting", "standby"].map {
                Inventory.Device(id: $0, deviceClass: .appliance)
            })

    private static func slug(_ text: String) -> Slug {
        guard let slug = Slug(text) else { preconditionFailure("\(text) is not a valid slug") }
        return slug
    }
}
