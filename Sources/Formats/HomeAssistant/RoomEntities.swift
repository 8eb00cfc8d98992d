import Building
import WireFormat

/// The entities of one room in Home Assistant: a device with a thermostat and sensors.
struct RoomEntities {
    let building: Slug
    let room: Inventory.Room
    let setpoints: ClosedRange<Double>
    let version: String
    /// The identifier of the gateway's own device.
    let gateway: String
    let availability: [Entity.Availability]

    /// The entities by component and object.
    var all: [(component: String, object: String, entity: Entity)] {
        let slug = room.slug.text
        return [
            ("climate", slug, climate), ("sensor", "\(slug)-temperature", temperature),
            ("sensor", "\(slug)-valve", valve), ("sensor", "\(slug)-quality", quality),
            ("sensor", "\(slug)-reason", reason),
        ]
    }

    private var stateTopic: String { Topic.roomState(building: building, room: room.slug).path }
    private var setpointTopic: String { Topic.setpoint(room: room.slug).path }

    private func entity(_ name: Entity.Name, _ key: String) -> Entity {
        let id = "\(gateway)-\(room.slug)"
        return Entity(
            name: name, uniqueId: "\(id)-\(key)",
            device: Entity.Device(
                identifiers: [id], name: room.name, model: "Room", swVersion: version, suggestedArea: room.name,
                viaDevice: gateway),
            origin: Entity.Origin(sw: version), availability: availability)
    }

    private var climate: Entity {
        var climate = entity(.asDevice, "climate")
        let who = #""who":"Home Assistant""#
        climate.modes = ["heat", "off"]
        climate.modeStateTopic = stateTopic
        climate.modeStateTemplate = "{{ 'off' if value_json.request == 'off' else 'heat' }}"
        climate.modeCommandTopic = setpointTopic
        climate.modeCommandTemplate = "{\"mode\":\"{{ 'off' if value == 'off' else 'auto' }}\",\(who)}"
        climate.presetModes = Self.presets
        climate.presetModeStateTopic = stateTopic
        climate.presetModeValueTemplate =
            "{{ value_json.request if value_json.request in \(Self.presetList) else 'none' }}"
        climate.presetModeCommandTopic = setpointTopic
        climate.presetModeCommandTemplate =
            "{\"mode\":\"{{ value if value in \(Self.presetList) else 'auto' }}\",\(who)}"
        climate.temperatureStateTopic = stateTopic
        climate.temperatureStateTemplate = "{{ value_json.setpoint }}"
        climate.temperatureCommandTopic = setpointTopic
        climate.temperatureCommandTemplate = "{\"celsius\":{{ value }},\(who)}"
        climate.currentTemperatureTopic = stateTopic
        climate.currentTemperatureTemplate = Self.temperatureTemplate
        climate.actionTopic = stateTopic
        climate.actionTemplate =
            "{{ 'heating' if value_json.level > 0 else 'off' if value_json.request == 'off' else 'idle' }}"
        climate.jsonAttributesTopic = stateTopic
        // Select attributes by name: `temperature` is the thermostat's own attribute for the set-point.
        climate.jsonAttributesTemplate =
            "{{ {'reason': value_json.reasonText, 'quality': value_json.quality, 'target': value_json.target, "
            + "'comfort_mode': value_json.mode, 'valve_level': value_json.level, "
            + "'setpoint_by': value_json.setpointBy, 'mode_by': value_json.requestBy} | tojson }}"
        climate.temperatureUnit = "C"
        climate.minTemp = setpoints.lowerBound
        climate.maxTemp = setpoints.upperBound
        climate.tempStep = 0.5
        climate.precision = 0.1
        return climate
    }

    /// The modes that people can request besides heating and off.
    private static let presets = [SetpointPayload.Mode.comfort, .eco, .boost, .frostProtection].map(\.rawValue)
    private static let presetList = "[\(presets.map { "'\($0)'" }.joined(separator: ", "))]"

    /// The temperature, or `None` if there is none, as Home Assistant expects.
    private static let temperatureTemplate = "{{ value_json.temperature | default('None') }}"

    private var temperature: Entity {
        var sensor = entity(.own("Temperature"), "temperature")
        sensor.stateTopic = stateTopic
        sensor.valueTemplate = Self.temperatureTemplate
        sensor.deviceClass = "temperature"
        sensor.stateClass = "measurement"
        sensor.unitOfMeasurement = "°C"
        sensor.suggestedDisplayPrecision = 1
        return sensor
    }

    private var valve: Entity {
        var sensor = entity(.own("Valve"), "valve")
        sensor.stateTopic = Topic.actuator(room: room.slug).path
        sensor.valueTemplate = "{{ value_json.level }}"
        sensor.stateClass = "measurement"
        sensor.unitOfMeasurement = "%"
        sensor.icon = "mdi:pipe-valve"
        return sensor
    }

    private var quality: Entity {
        var sensor = entity(.own("Quality"), "quality")
        sensor.stateTopic = stateTopic
        sensor.valueTemplate = "{{ value_json.quality }}"
        sensor.deviceClass = "enum"
        sensor.options = Quality.allCases.map(\.name)
        sensor.entityCategory = "diagnostic"
        return sensor
    }

    private var reason: Entity {
        var sensor = entity(.own("Reason"), "reason")
        sensor.stateTopic = stateTopic
        // A state may have at most 255 characters.
        sensor.valueTemplate = "{{ value_json.reasonText[:255] }}"
        sensor.entityCategory = "diagnostic"
        sensor.icon = "mdi:comment-question-outline"
        return sensor
    }
}
