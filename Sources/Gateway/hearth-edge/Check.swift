import ArgumentParser
import Building
import EdgeConfiguration
import EdgeGateway
import Foundation

/// The subcommand `check`, which validates a configuration.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validate a configuration without running the gateway.")

    @OptionGroup var options: EdgeOptions

    func run() throws {
        let configuration = try options.load()
        do { try EdgeGateway.check(configuration) } catch { throw Failure.wrongConfiguration(error) }
        let rooms = configuration.rooms
        let devices = rooms.reduce(configuration.devices.count) { $0 + $1.devices.count }
        let central = configuration.central?.url ?? "no central service"
        print(
            """
            \(options.config) is valid: \(configuration.building.name) (\(configuration.building.slug)), \
            \(configuration.floors.count) floors, \(rooms.count) rooms, \(devices) devices
            broker \(configuration.mqtt.host):\(configuration.mqtt.port) · \(central) · buffer \(configuration.buffer.path)
            """)
        let unheated = rooms.filter { room in !room.devices.contains { $0.deviceClass == .temperatureSensor } }
        if !unheated.isEmpty {
            print("not heated (no temperature sensor): \(unheated.map(\.slug.text).joined(separator: ", "))")
        }
        let folder = URL(fileURLWithPath: configuration.buffer.path).deletingLastPathComponent().path
        if !FileManager.default.fileExists(atPath: folder) {
            print("missing: the buffer's folder \(folder); the gateway creates it when it starts")
        }
        // Heating and storing continue without these.
        for file in [configuration.central?.tokenFile, configuration.central?.authorityFile].compactMap(\.self)
        where !FileManager.default.isReadableFile(atPath: file) {
            print(
                "missing or not readable by this user: \(file); without it, nothing is sent to the central service")
        }
    }
}
