/// What is measured. Any text is a datapoint; those known from day one have a unit and a kind.
package struct Datapoint: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    /// `nil` where `name` is empty, longer than 64 bytes, or holds anything but letters, digits and `_ - . :`.
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

    package static let temperature = Datapoint(known: "temperature")
    package static let humidity = Datapoint(known: "humidity")
    package static let co2 = Datapoint(known: "co2")
    package static let presenceState = Datapoint(known: "presence_state")
    package static let sensitivity = Datapoint(known: "sensitivity")
    package static let onlineStatus = Datapoint(known: "online_status")
    package static let powerKilowatts = Datapoint(known: "power_kw")
    package static let powerWatts = Datapoint(known: "power_w")
    package static let chargeWattHours = Datapoint(known: "charge_wh")
    package static let energyKilowattHours = Datapoint(known: "energy_kwh")
    package static let valveLevel = Datapoint(known: "valve_level")
    package static let setpoint = Datapoint(known: "setpoint")
    /// The quality of a room's climate verdict, by its name.
    package static let quality = Datapoint(known: "quality")
    /// Which of a room's temperature sensors are not good, by their names, as JSON: `{"sensor-2":"failed"}`.
    package static let sensorQuality = Datapoint(known: "sensor_quality")
    /// What a room is kept for: `comfort`, `eco`, …
    package static let mode = Datapoint(known: "mode")
    /// Why a valve is where it is, for people.
    package static let reason = Datapoint(known: "reason")
    /// Of the whole building: its devices send under the room `building`.
    package static let outdoorTemperature = Datapoint(known: "outdoor_temperature")

    /// Those whose values are numbers, with their unit.
    private static let units: [Datapoint: MeasurementUnit] = [
        .temperature: .celsius, .humidity: .relativeHumidity, .co2: .partsPerMillion, .sensitivity: .percent,
        .powerKilowatts: .kilowatts, .powerWatts: .watts, .chargeWattHours: .wattHours,
        .energyKilowattHours: .kilowattHours, .valveLevel: .percent, .setpoint: .celsius,
        .outdoorTemperature: .celsius,
    ]

    /// The unit that values are stored in; `nil` for states and for datapoints that Hearth does not know.
    package var measurementUnit: MeasurementUnit? { Self.units[self] }

    /// The same as people write it: `°C`.
    package var unit: String? { measurementUnit?.symbol }

    /// Whether a text that holds a number (`"24.5"`) means that number here.
    package var isNumeric: Bool { measurementUnit != nil }

    package var description: String { name }
}
