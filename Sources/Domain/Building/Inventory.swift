/// The inventory that a gateway uploads to the central service: the rooms and devices it is configured for.
package struct Inventory: Hashable, Sendable, Codable {
    /// The building's own entry.
    package var building: BuildingEntry
    /// The floors with their rooms.
    package var floors: [Floor]
    /// The devices that serve the whole building: meters, solar panels, batteries.
    package var devices: [Device]

    /// Creates an inventory.
    package init(building: BuildingEntry, floors: [Floor], devices: [Device]) {
        self.building = building
        self.floors = floors
        self.devices = devices
    }

    /// A building's name, kind and time zone.
    package struct BuildingEntry: Hashable, Sendable, Codable {
        /// The building's identifier.
        package var slug: Slug
        /// The name for people.
        package var name: String
        /// The kind of building: `hotel`, `home`, `office`, …
        package var kind: String
        /// The IANA name of the time zone: `Europe/Berlin`.
        package var timeZone: String

        /// Creates a building's entry.
        package init(slug: Slug, name: String, kind: String, timeZone: String) {
            self.slug = slug
            self.name = name
            self.kind = kind
            self.timeZone = timeZone
        }

        enum CodingKeys: String, CodingKey {
            case slug, name, kind
            case timeZone = "time_zone"
        }
    }

    /// A floor with its rooms.
    package struct Floor: Hashable, Sendable, Codable {
        /// The floor's identifier within the building.
        package var slug: Slug
        /// The name for people.
        package var name: String
        /// The number of the floor; 0 is the ground floor.
        package var level: Int
        /// The rooms on this floor.
        package var rooms: [Room]

        /// Creates a floor.
        package init(slug: Slug, name: String, level: Int, rooms: [Room]) {
            self.slug = slug
            self.name = name
            self.level = level
            self.rooms = rooms
        }
    }

    /// A room with its devices.
    package struct Room: Hashable, Sendable, Codable {
        /// The room's identifier within the building.
        package var slug: Slug
        /// The name for people.
        package var name: String
        /// The devices in this room.
        package var devices: [Device]

        /// Creates a room.
        package init(slug: Slug, name: String, devices: [Device]) {
            self.slug = slug
            self.name = name
            self.devices = devices
        }
    }

    /// A configured device.
    package struct Device: Hashable, Sendable, Codable {
        /// The device's id within the room, as it sends it.
        package var id: String
        /// The kind of device.
        package var deviceClass: DeviceClass
        /// The name for people, if one is configured.
        package var name: String?
        /// The subsystem that a meter measures: `ac`, `lighting` or `plug_load`; `nil` for other devices.
        package var subsystem: String?

        /// Creates a device.
        package init(id: String, deviceClass: DeviceClass, name: String? = nil, subsystem: String? = nil) {
            self.id = id
            self.deviceClass = deviceClass
            self.name = name
            self.subsystem = subsystem
        }

        enum CodingKeys: String, CodingKey {
            case id
            case deviceClass = "class"
            case name, subsystem
        }
    }
}
