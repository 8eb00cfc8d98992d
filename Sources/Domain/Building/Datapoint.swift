/// A measured quantity, such as `temperature`. Any valid name is a datapoint; the predefined ones have a unit.
package struct Datapoint: Hashable, Sendable, CustomStringConvertible {
    /// The name used in topics, batches and the database.
    package let name: String

    /// Creates a datapoint; `nil` if `name` is empty, longer than 64 bytes, or contains anything but letters, digits
    /// and `_ - . :`.
    package init?(_ name: some StringProtocol) {
        self.init(whole: String(name))
    }

    private init?(whole name: String) {
        let bytes = name.utf8
        guard !bytes.isEmpty, bytes.count <= 64 else { return nil }
        let allowed = bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard allowed else { return nil }
        self.name = name
    }

    private init(known name: String) { self.name = name }

    /// The temperature that a sensor measures, °C.
    package static let temperature = Datapoint(known: "temperature")
    /// The relative humidity, %RH.
    package static let humidity = Datapoint(known: "humidity")
    /// The concentration of carbon dioxide, ppm.
    package static let co2 = Datapoint(known: "co2")
    /// The presence of people, as text: `occupied` or `unoccupied`.
    package static let presenceState = Datapoint(known: "presence_state")
    /// The sensitivity of a life-being sensor, %.
    package static let sensitivity = Datapoint(known: "sensitivity")
    /// The connection state of a device, as text.
    package static let onlineStatus = Datapoint(known: "online_status")
    /// Electrical power, kW.
    package static let powerKilowatts = Datapoint(known: "power_kw")
    /// Electrical power, W.
    package static let powerWatts = Datapoint(known: "power_w")
    /// The energy stored in a battery or car, Wh.
    package static let chargeWattHours = Datapoint(known: "charge_wh")
    /// Electrical energy, kWh.
    package static let energyKilowattHours = Datapoint(known: "energy_kwh")
    /// The opening of a radiator valve, %.
    package static let valveLevel = Datapoint(known: "valve_level")
    /// A room's set-point, °C.
    package static let setpoint = Datapoint(known: "setpoint")
    /// The quality of a room's temperature, by its name (`Quality.name`).
    package static let quality = Datapoint(known: "quality")
    /// The room's temperature sensors that are not good, with their quality, as JSON: `{"sensor-2":"failed"}`.
    package static let sensorQuality = Datapoint(known: "sensor_quality")
    /// The mode of a room: `comfort`, `eco`, …
    package static let mode = Datapoint(known: "mode")
    /// The reason for a valve's position, as `ControlReason.text`.
    package static let reason = Datapoint(known: "reason")
    /// The outdoor temperature of the whole building, °C. Its sensors send under the room `building`.
    package static let outdoorTemperature = Datapoint(known: "outdoor_temperature")

    /// The unit of each predefined datapoint whose values are numbers.
    private static let units: [Datapoint: MeasurementUnit] = [
        .temperature: .celsius, .humidity: .relativeHumidity, .co2: .partsPerMillion, .sensitivity: .percent,
        .powerKilowatts: .kilowatts, .powerWatts: .watts, .chargeWattHours: .wattHours,
        .energyKilowattHours: .kilowattHours, .valveLevel: .percent, .setpoint: .celsius,
        .outdoorTemperature: .celsius,
    ]

    /// The unit in which values are stored; `nil` for states and for datapoints that are not predefined.
    package var measurementUnit: MeasurementUnit? { Self.units[self] }

    /// The symbol of `measurementUnit`, such as `°C`.
    package var unit: String? { measurementUnit?.symbol }

    /// A Boolean value that indicates whether values are numbers, so that a text containing one (`"24.5"`) is read as
    /// that number.
    package var isNumeric: Bool { measurementUnit != nil }

    package var description: String { name }
}
