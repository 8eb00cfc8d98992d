import ArgumentParser
import Building
import EdgeConfiguration
import Foundation
import MQTT
import SimulatedDevices

struct HotelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hotel",
        abstract: "Simulates all rooms and meters of a building over MQTT, as real devices would.",
        discussion: """
            Temperature sensors, air quality and life-being sensors, radiator valves and power meters report over the \
            broker; the valves obey /actuators/<room>, and the rooms warm and cool accordingly. Ends on Ctrl-C or \
            SIGTERM. Without --config it is a hotel of six rooms, room-101…103 and room-201…203.
            """)

    @Option(help: ArgumentHelp("The broker. Default: the configuration's, else 127.0.0.1.", valueName: "host"))
    var mqttHost: String?

    @Option(
        help: ArgumentHelp("The broker's port, 1…65535. Default: the configuration's, else 1883.", valueName: "port"))
    var mqttPort: Int?

    @Option(
        help: ArgumentHelp("The gateway's configuration; its rooms and devices are simulated.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Overrides a key of the configuration, as in hearth-edge.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: ArgumentHelp("How often each device reports in s, 0.1…3600.", valueName: "seconds"))
    var interval = 5.0

    @Option(
        help: ArgumentHelp(
            "How many times faster than the clock heat, weather and guests live, 0.1…1000. Timestamps stay real.",
            valueName: "factor"))
    var speed = 1.0

    @Option(
        help: ArgumentHelp("What chance is drawn from: rooms, weather, guests, sensors' errors.", valueName: "number"))
    var seed: UInt64 = 1

    func validate() throws {
        guard (0.1...3600).contains(interval) else {
            throw ValidationError("--interval \(interval) is out of range: 0.1…3600 s.")
        }
        guard (0.1...1000).contains(speed) else {
            throw ValidationError("--speed \(speed) is out of range: 0.1…1000.")
        }
        if let mqttPort, !(1...65_535).contains(mqttPort) {
            throw ValidationError("--mqtt-port \(mqttPort) is out of range: 1…65535.")
        }
        guard config != nil || overrides.isEmpty else {
            throw ValidationError("--set overrides a key of a configuration: name the file with --config.")
        }
    }

    func run() async throws {
        let configuration = try loadConfiguration()
        let inventory = configuration?.inventory ?? ExampleHotel.inventory
        let zone = configuration?.timeZone ?? TimeZone(identifier: inventory.building.timeZone) ?? .gmt
        let building = SimulatedBuilding(
            inventory: inventory, startSecondOfDay: Self.secondOfDay(in: zone), interval: .seconds(interval),
            speed: speed, seed: seed)
        let broker = try BrokerAddress(configuration: configuration, host: mqttHost, port: mqttPort)
        await SiteRun(building, broker: broker).run()
    }

    private func loadConfiguration() throws -> EdgeConfiguration? {
        guard let config else { return nil }
        do {
            return try EdgeConfiguration.load(path: config, overrides: overrides)
        } catch {
            throw WrongConfiguration(problem: error)
        }
    }

    private static func secondOfDay(in zone: TimeZone) -> Double {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.hour, .minute, .second], from: Date())
        return Double((parts.hour ?? 0) * 3600 + (parts.minute ?? 0) * 60 + (parts.second ?? 0))
    }
}
