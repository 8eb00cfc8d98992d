/// An entity as in Home Assistant's MQTT discovery. The names are Home Assistant's, in snake case on the wire; its
/// documentation of the MQTT integration explains them. Members that are `nil` are omitted.
struct Entity: Encodable {
    /// The name of an entity, `null` on the wire if it is that of the device.
    enum Name: Encodable {
        case asDevice
        case own(String)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .asDevice: try container.encodeNil()
            case .own(let name): try container.encode(name)
            }
        }
    }

    struct Availability: Encodable {
        var topic: String
        var valueTemplate: String
    }

    struct Device: Encodable {
        var identifiers: [String]
        var name: String
        var manufacturer = "Hearth"
        var model: String
        var swVersion: String
        var suggestedArea: String?
        var viaDevice: String?
    }

    struct Origin: Encodable {
        var name = "Hearth"
        var sw: String
    }

    var name: Name
    var uniqueId: String
    var device: Device
    var origin: Origin
    var availability: [Availability]?
    var qos = 1

    // Sensors of both kinds.
    var stateTopic: String?
    var valueTemplate: String?
    var deviceClass: String?
    var stateClass: String?
    var unitOfMeasurement: String?
    var suggestedDisplayPrecision: Int?
    var entityCategory: String?
    var options: [String]?
    var icon: String?
    var payloadOn: String?
    var payloadOff: String?

    // Thermostats.
    var modes: [String]?
    var modeStateTopic: String?
    var modeStateTemplate: String?
    var modeCommandTopic: String?
    var modeCommandTemplate: String?
    var presetModes: [String]?
    var presetModeStateTopic: String?
    var presetModeValueTemplate: String?
    var presetModeCommandTopic: String?
    var presetModeCommandTemplate: String?
    var temperatureStateTopic: String?
    var temperatureStateTemplate: String?
    var temperatureCommandTopic: String?
    var temperatureCommandTemplate: String?
    var currentTemperatureTopic: String?
    var currentTemperatureTemplate: String?
    var actionTopic: String?
    var actionTemplate: String?
    var jsonAttributesTopic: String?
    var jsonAttributesTemplate: String?
    var temperatureUnit: String?
    var minTemp: Double?
    var maxTemp: Double?
    var tempStep: Double?
    var precision: Double?
}
