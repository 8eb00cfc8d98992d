public import Building
public import ConfigurationFile

public import struct Foundation.TimeZone

/// What one gateway is set up for. `config/edge.yaml` documents every key with unit and range.
public struct EdgeConfiguration: Sendable {
    public var building: Inventory.BuildingEntry
    public var timeZone: TimeZone
    public var floors: [Inventory.Floor]
    /// Devices that serve the whole building.
    public var devices: [Inventory.Device]
    /// Set-points of rooms that have one of their own, °C.
    public var roomSetpointsCelsius: [Slug: Double]
    /// When rooms that have a schedule of their own are to be comfortable.
    public var roomSchedules: [Slug: [ComfortPeriod]]
    public var mqtt: MQTT
    /// `nil`: the building keeps its readings to itself.
    public var central: Central?
    public var buffer: Buffer
    public var clock: Clock
    public var control: Control
    public var homeAssistant: HomeAssistant
    /// `trace`, `debug`, `info`, `notice`, `warning`, `error`, `critical`.
    public var logLevel: String

    public struct MQTT: Sendable {
        public var host: String
        public var port: Int
        public var clientID: String
        public var user: String?
        public var passwordFile: String?
        public var tls: TLS?
    }

    public struct TLS: Sendable {
        public var authorityFile: String?
        public var certificateFile: String?
        public var keyFile: String?
    }

    public struct Central: Sendable {
        /// Without a slash at the end.
        public var url: String
        /// The file that holds the gateway's token.
        public var tokenFile: String
        /// PEM file of the authorities to trust; `nil`: the system's.
        public var authorityFile: String?
        /// The shortest time between two batches while there is no backlog.
        public var sendInterval: Duration
    }

    public struct Buffer: Sendable {
        public var path: String
        /// The file holds no more than this; the oldest readings go first, and are declared.
        public var maxBytes: Int64
        /// While the disk has less than this left, the buffer does not grow.
        public var reserveBytes: Int64
    }

    public struct Clock: Sendable {
        /// How long readings that were taken before the clock was set wait for it before they go up.
        public var patience: Duration
        /// How far a device's own time may be from a trusted receipt time.
        public var plausibleHours: Double
    }

    public struct Control: Sendable {
        public var period: Duration
        public var setpointCelsius: Double
        /// The set-points that the central service may ask for on behalf of operators, °C.
        public var desiredCelsius: ClosedRange<Double>
        /// The same for guests, within 16…26.
        public var guestCelsius: ClosedRange<Double>
        public var stalenessLimit: Duration
        public var failSafeLevel: PercentOpen
        /// How long the room model fills in before that.
        public var estimateLimit: Duration
        /// The set-point while no comfort is needed, °C.
        public var ecoCelsius: Double
        /// How long a room has to be empty before it goes to eco; `nil`: it never does for that.
        public var ecoAfter: Duration?
        /// When rooms are to be comfortable; empty: always.
        public var schedule: [ComfortPeriod]
        /// Whether rooms that report temperatures without being listed are heated too.
        public var adoptsUnlistedRooms: Bool
        /// Where set-points and the state of the loop outlive a restart.
        public var statePath: String
    }

    public struct HomeAssistant: Sendable {
        /// Whether rooms appear there.
        public var discovery: Bool
        /// Where Home Assistant looks for what there is.
        public var discoveryPrefix: String
    }

    /// A stretch of comfort that comes each week, by the clock on the building's wall.
    public struct ComfortPeriod: Sendable, Hashable {
        /// The days on which it begins: `mon`…`sun`.
        public var days: Set<String>
        /// Minutes since midnight.
        public var startMinute: Int
        /// Minutes since midnight; where it is not after the start, on the day after.
        public var endMinute: Int
    }

    /// Everything that the central service should know of the building.
    public var inventory: Inventory { Inventory(building: building, floors: floors, devices: devices) }

    public var rooms: [Inventory.Room] { floors.flatMap(\.rooms) }

    /// - Parameter overrides: `key=value`, see `ConfigurationFile`.
    public static func load(
        path: String, overrides: [String] = []
    ) throws(ConfigurationError) -> EdgeConfiguration {
        try EdgeConfiguration(file: ConfigurationFile(path: path, overrides: overrides))
    }
}
