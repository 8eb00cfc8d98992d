/// What a gateway tells the central service about its building: the rooms and devices it is configured for.
package struct Inventory: Hashable, Sendable, Codable {
    package var building: BuildingEntry
    package var floors: [Floor]
    /// Devices that serve the whole building: meters, solar panels, batteries.
    package var devices: [Device]

    package init(building: BuildingEntry, floors: [Floor], devices: [Device]) {
        self.building = building
        self.floors = floors
        self.devices = devices
    }

    package struct BuildingEntry: Hashable, Sendable, Codable {
        package var slug: Slug
        package var name: String
        /// `hotel`, `home`, `office`…
        package var kind: String
        /// IANA name: `Europe/Berlin`.
        package var timeZone: String

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

    package struct Floor: Hashable, Sendable, Codable {
        package var slug: Slug
        package var name: String
        /// 0 is the ground floor.
        package var level: Int
        package var rooms: [Room]

        package init(slug: Slug, name: String, level: Int, rooms: [Room]) {
            self.slug = slug
            self.name = name
            self.level = level
            self.rooms = rooms
        }
    }

    package struct Room: Hashable, Sendable, Codable {
        package var slug: Slug
        package var name: String
        package var devices: [Device]

        package init(slug: Slug, name: String, devices: [Device]) {
            self.slug = slug
            self.name = name
            self.devices = devices
        }
    }

    package struct Device: Hashable, Sendable, Codable {
        /// Its id within the room, as it sends it.
        package var id: String
        package var deviceClass: DeviceClass
        package var name: String?
        /// For meters: what they measure, `ac`, `lighting` or `plug_load`.
        package var subsystem: String?

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
