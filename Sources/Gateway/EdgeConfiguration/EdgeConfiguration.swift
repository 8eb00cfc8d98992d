package import Building
package import ConfigurationFile

package import struct Foundation.TimeZone

/// What one gateway is set up for. `config/edge.yaml` documents every key with unit and range.
package struct EdgeConfiguration: Sendable {
    package var building: Inventory.BuildingEntry
    package var timeZone: TimeZone
    package var floors: [Inventory.Floor]
    /// Devices that serve the whole building.
    package var devices: [Inventory.Device]
    /// Set-points of rooms that have one of their own, °C.
    package var roomSetpointsCelsius: [Slug: Double]
    /// When rooms that have a schedule of their own are to be comfortable.
    package var roomSchedules: [Slug: [ComfortPeriod]]
    package var mqtt: MQTT
    /// `nil`: the building keeps its readings to itself.
    package var central: Central?
    package var buffer: Buffer
    package var clock: Clock
    package var control: Control
    package var homeAssistant: HomeAssistant
    /// `trace`, `debug`, `info`, `notice`, `warning`, `error`, `critical`.
    package var logLevel: String

    package struct MQTT: Sendable {
        package var host: String
        package var port: Int
        package var clientID: String
        package var user: String?
        package var passwordFile: String?
        package var tls: TLS?
    }

    package struct TLS: Sendable {
        package var authorityFile: String?
        package var certificateFile: String?
        package var keyFile: String?
    }

    package struct Central: Sendable {
        /// Without a slash at the end.
        package var url: String
        /// The file that holds the gateway's token.
        package var tokenFile: String
        /// PEM file of the authorities to trust; `nil`: the system's.
        package var authorityFile: String?
        /// The shortest time between two batches while there is no backlog.
        package var sendInterval: Duration
    }

    package struct Buffer: Sendable {
        package var path: String
        /// The file holds no more than this; the oldest readings go first, and are declared.
        package var maxBytes: Int64
        /// While the disk has less than this left, the buffer does not grow.
        package var reserveBytes: Int64
    }

    package struct Clock: Sendable {
        /// How long readings that were taken before the clock was set wait for it before they go up.
        package var patience: Duration
        /// How far a device's own time may be from a trusted receipt time.
        package var plausibleHours: Double
    }

    package struct Control: Sendable {
        package var period: Duration
        package var setpointCelsius: Double
        /// The set-points that the central service may ask for on behalf of operators, °C.
        package var desiredCelsius: ClosedRange<Double>
        /// The same for guests, within 16…26.
        package var guestCelsius: ClosedRange<Double>
        package var stalenessLimit: Duration
        package var failSafeLevel: PercentOpen
        /// How long the room model fills in before that.
        package var estimateLimit: Duration
        /// The set-point while no comfort is needed, °C.
        package var ecoCelsius: Double
        /// How long a room has to be empty before it goes to eco; `nil`: it never does for that.
        package var ecoAfter: Duration?
        /// When rooms are to be comfortable; empty: always.
        package var schedule: [ComfortPeriod]
        /// Whether rooms that report temperatures without being listed are heated too.
        package var adoptsUnlistedRooms: Bool
        /// Where set-points and the state of the loop outlive a restart.
        package var statePath: String
    }

    package struct HomeAssistant: Sendable {
        /// Whether rooms appear there.
        package var discovery: Bool
        /// Where Home Assistant looks for what there is.
        package var discoveryPrefix: String
    }

    /// A stretch of comfort that comes each week, by the clock on the building's wall.
    package struct ComfortPeriod: Sendable, Hashable {
        /// The days on which it begins: `mon`…`sun`.
        package var days: Set<String>
        /// Minutes since midnight.
        package var startMinute: Int
        /// Minutes since midnight; where it is not after the start, on the day after.
        package var endMinute: Int
    }

    /// Everything that the central service should know of the building.
    package var inventory: Inventory { Inventory(building: building, floors: floors, devices: devices) }

    package var rooms: [Inventory.Room] { floors.flatMap(\.rooms) }

    /// - Parameter overrides: `key=value`, see `ConfigurationFile`.
    package static func load(
        path: String, overrides: [String] = []
    ) throws(ConfigurationError) -> EdgeConfiguration {
        try EdgeConfiguration(file: ConfigurationFile(path: path, overrides: overrides))
    }
}
