package import Building

/// The default building, a small hotel: two floors, six rooms, six power meters, and an outdoor thermometer.
package enum ExampleHotel {
    /// The rooms and devices of the hotel.
    package static let inventory = Inventory(
        building: Inventory.BuildingEntry(
            slug: slug("grand"), name: "Grand Hotel", kind: "hotel", timeZone: "Europe/Berlin"),
        floors: [floor(1, name: "1st floor"), floor(2, name: "2nd floor")],
        devices: ["ac", "ac", "ac", "lighting", "lighting", "plug_load"].enumerated().map { index, subsystem in
            Inventory.Device(id: "power_meter_\(index + 1)", deviceClass: .powerMeter, subsystem: subsystem)
        } + [Inventory.Device(id: "outdoor", deviceClass: .temperatureSensor, name: "Outside, to the north")])

    private static func floor(_ level: Int, name: String) -> Inventory.Floor {
        Inventory.Floor(
            slug: slug("\(level)"), name: name, level: level,
            rooms: (1...3).map { number in
                let code = level * 100 + number
                return Inventory.Room(slug: slug("room-\(code)"), name: "Room \(code)", devices: roomDevices)
            })
    }

    private static let roomDevices =
        (1...5).map { Inventory.Device(id: "sensor-\($0)", deviceClass: .temperatureSensor) } + [
            Inventory.Device(id: "valve", deviceClass: .radiatorValve),
            Inventory.Device(id: "iaq", deviceClass: .iaq),
            Inventory.Device(id: "life_being", deviceClass: .lifeBeing),
        ]

    private static func slug(_ text: String) -> Slug {
        guard let slug = Slug(text) else { preconditionFailure("\(text) is not a valid slug") }
        return slug
    }
}
