/// What a gateway tells the central service about its building: the rooms and devices it is configured for.
public struct Inventory: Hashable, Sendable, Codable {
    public var building: BuildingEntry
    public var floors: [Floor]
    /// Devices that serve the whole building: meters, solar panels, batteries.
    public var devices: [Device]

    public init(building: BuildingEntry, floors: [Floor], devices: [Device]) {
        self.building = building
        self.floors = floors
        self.devices = devices
    }

    public struct BuildingEntry: Hashable, Sendable, Codable {
        public var slug: Slug
        public var name: String
        /// `hotel`, `home`, `office`…
        public var kind: String
        /// IANA name: `Europe/Berlin`.
        public var timeZone: String

        public init(slug: Slug, name: String, kind: String, timeZone: String) {
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

    public struct Floor: Hashable, Sendable, Codable {
        public var slug: Slug
        public var name: String
        /// 0 is the ground floor.
        public var level: Int
        public var rooms: [Room]

        public init(slug: Slug, name: String, level: Int, rooms: [Room]) {
            self.slug = slug
            self.name = name
            self.level = level
            self.rooms = rooms
        }
    }

    public struct Room: Hashable, Sendable, Codable {
        public var slug: Slug
        public var name: String
        public var devices: [Device]

        public init(slug: Slug, name: String, devices: [Device]) {
            self.slug = slug
            self.name = name
            self.devices = devices
        }
    }

    public struct Device: Hashable, Sendable, Codable {
        /// Its id within the room, as it sends it.
        public var id: String
        public var deviceClass: DeviceClass
        public var name: String?
        /// For meters: what they measure, `ac`, `lighting` or `plug_load`.
        public var subsystem: String?

        public init(id: String, deviceClass: DeviceClass, name: String? = nil, subsystem: String? = nil) {
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
