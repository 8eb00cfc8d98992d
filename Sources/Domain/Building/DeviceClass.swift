/// A kind of device. The raw values appear in topics, in the configuration and in the database.
package enum DeviceClass: String, Sendable, Hashable, CaseIterable, Codable {
    case iaq
    case lifeBeing = "life_being"
    case temperatureSensor = "temperature_sensor"
    case radiatorValve = "radiator_valve"
    case powerMeter = "power_meter"
    case solarPanel = "solar_panel"
    case battery
    case electricVehicle = "electric_vehicle"
    case appliance
    case smartMeter = "smart_meter"
    /// The gateway's own control loop in a room, which reports its measurements and decisions.
    case roomController = "room_controller"

    /// Creates the class to assume for a device that sent a reading of `datapoint` without naming its class; `nil` if
    /// the datapoint does not suggest one.
    package init?(sending datapoint: Datapoint) {
        switch datapoint {
        case .temperature: self = .temperatureSensor
        case .valveLevel: self = .radiatorValve
        case .powerKilowatts: self = .powerMeter
        case .presenceState: self = .lifeBeing
        case .co2: self = .iaq
        default: return nil
        }
    }
}
