package import Building
package import CivilTime
package import ConfigurationFile

/// The configuration of one gateway. `config/edge.yaml` documents every key with its unit and range.
package struct EdgeConfiguration: Sendable {
    /// The building's slug, name, kind and time zone.
    package var building: Inventory.BuildingEntry
    package var calendar: LocalCalendar
    package var floors: [Inventory.Floor]
    /// The devices that serve the whole building.
    package var devices: [Inventory.Device]
    /// The set-points of rooms that have one of their own, °C.
    package var roomSetpointsCelsius: [Slug: Double]
    /// The comfort schedules of rooms that have one of their own.
    package var roomSchedules: [Slug: [ComfortPeriod]]
    /// The connection to the MQTT broker.
    package var mqtt: MQTT
    /// The connection to the central service; `nil` if the building keeps its readings to itself.
    package var central: Central?
    /// The location and the limits of the buffer on disk.
    package var buffer: Buffer
    /// The handling of an unset calendar clock and of device times.
    package var clock: Clock
    /// The settings of the control loop.
    package var control: Control
    /// The settings of Home Assistant discovery.
    package var homeAssistant: HomeAssistant
    /// The minimum log level: `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`.
    package var logLevel: String

    /// The connection to the MQTT broker.
    package struct MQTT: Sendable {
        /// The broker's host name or IP address.
        package var host: String
        /// The broker's TCP port, 1…65535.
        package var port: Int
        /// The MQTT client id; by default `hearth-` followed by the building's slug.
        package var clientID: String
        /// The user name for the broker; `nil` for an anonymous login.
        package var user: String?
        /// The path of the file that holds the user's password.
        package var passwordFile: String?
        /// The TLS settings; `nil` for a connection without TLS.
        package var tls: TLS?
    }

    /// The TLS files of the broker connection, all in PEM format.
    package struct TLS: Sendable {
        /// The authorities to trust; `nil` for the system's.
        package var authorityFile: String?
        /// The client certificate; set if and only if `keyFile` is.
        package var certificateFile: String?
        /// The private key of the client certificate.
        package var keyFile: String?
    }

    /// The connection to the central service.
    package struct Central: Sendable {
        /// The base URL, without a trailing slash.
        package var url: String
        /// The path of the file that holds the gateway's token.
        package var tokenFile: String
        /// The PEM file of the authorities to trust; `nil` for the system's.
        package var authorityFile: String?
        /// The minimum time between two batches while there is no backlog, 0.1…60 s.
        package var sendInterval: Duration
    }

    /// The location and the limits of the buffer on disk.
    package struct Buffer: Sendable {
        /// The path of the SQLite file.
        package var path: String
        /// The maximum size of the file, in bytes. Beyond it the oldest readings are dropped and declared lost.
        package var maxBytes: Int64
        /// The free disk space, in bytes, below which the buffer does not grow.
        package var reserveBytes: Int64
    }

    /// The handling of an unset calendar clock and of device times.
    package struct Clock: Sendable {
        /// The time that readings taken before the clock was set are held back for it, 0…24 h.
        package var patience: Duration
        /// The largest accepted difference between a device's own time and a trusted receipt time, in hours.
        package var plausibleHours: Double
    }

    /// The settings of the control loop.
    package struct Control: Sendable {
        /// The period of the control loop, 1…60 s.
        package var period: Duration
        /// The default set-point, 5…30 °C.
        package var setpointCelsius: Double
        /// The range of set-points that operators may set through the central service, °C.
        package var desiredCelsius: ClosedRange<Double>
        /// The range of set-points that guests may set, within 16…26 °C.
        package var guestCelsius: ClosedRange<Double>
        /// The age above which a temperature is no longer used, 30…3600 s.
        package var stalenessLimit: Duration
        /// The valve level that is used when no temperature is known.
        package var failSafeLevel: PercentOpen
        /// The time for which the room model stands in for missing temperatures before the fail-safe level is used.
        package var estimateLimit: Duration
        /// The set-point while no comfort is needed, 5…30 °C.
        package var ecoCelsius: Double
        /// The time a room must be empty before it goes to eco; `nil` if occupancy has no influence.
        package var ecoAfter: Duration?
        /// The times at which rooms are to be comfortable; empty for always.
        package var schedule: [ComfortPeriod]
        /// A Boolean value that indicates whether rooms that are not listed but report temperatures are heated too.
        package var adoptsUnlistedRooms: Bool
        /// The path of the file that keeps set-points and the state of the loop across restarts.
        package var statePath: String
    }

    /// The settings of Home Assistant discovery.
    package struct HomeAssistant: Sendable {
        /// A Boolean value that indicates whether rooms are announced to Home Assistant.
        package var discovery: Bool
        /// The topic prefix under which Home Assistant listens for discovery messages.
        package var discoveryPrefix: String
    }

    /// A weekly period of comfort, in the building's local time.
    package struct ComfortPeriod: Sendable, Hashable {
        /// The days on which the period begins: `mon`…`sun`.
        package var days: Set<String>
        /// The start, in minutes since midnight.
        package var startMinute: Int
        /// The end, in minutes since midnight; on the following day if it is not after the start.
        package var endMinute: Int
    }

    /// The inventory that the gateway sends to the central service.
    package var inventory: Inventory { Inventory(building: building, floors: floors, devices: devices) }

    /// The rooms of all floors.
    package var rooms: [Inventory.Room] { floors.flatMap(\.rooms) }

    /// Loads and validates the configuration file at `path`.
    ///
    /// - Parameter overrides: assignments of the form `key=value`, see `ConfigurationFile`.
    package static func load(
        path: String, overrides: [String] = []
    ) throws(ConfigurationError) -> EdgeConfiguration {
        try EdgeConfiguration(file: ConfigurationFile(path: path, overrides: overrides))
    }
}
