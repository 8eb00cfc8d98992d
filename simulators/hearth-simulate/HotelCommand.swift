import ArgumentParser
import Building
import CivilTime
import EdgeConfiguration
import Foundation
import ReadingFiles
import SimulatedDevices

/// The subcommand `hotel`, which simulates a building on a broker.
struct HotelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hotel",
        abstract: "Simulates all rooms and meters of a building as MQTT devices.",
        discussion: """
            Temperature sensors, air-quality and presence sensors, radiator valves and power meters report over the \
            broker; the valves obey /actuators/<room>, and the rooms warm and cool accordingly. Runs until Ctrl-C or \
            SIGTERM. The rooms and devices come from the configuration; without --config it is a hotel of six rooms, room-101…103 and room-201…203.
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Simulate a month at once, print its statistics beside those of recorded readings in CSV files, and exit.",
            valueName: "csv"))
    var statistics: [String] = []

    @OptionGroup var configuration: SimulatorOptions
    @OptionGroup var broker: BrokerOptions

    @Option(help: ArgumentHelp("The reporting interval of each device in s, 0.1…3600.", valueName: "seconds"))
    var interval = 5.0

    @Option(
        help: ArgumentHelp(
            "The speed of the simulation relative to real time, 0.1…1000. Timestamps stay real.",
            valueName: "factor"))
    var speed = 1.0

    @Option(
        help: ArgumentHelp("The random seed for rooms, weather, guests and sensor errors.", valueName: "number"))
    var seed: UInt64 = 1

    func validate() throws {
        guard (0.1...3600).contains(interval) else {
            throw ValidationError("--interval \(interval) is out of range: 0.1…3600 s.")
        }
        guard (0.1...1000).contains(speed) else {
            throw ValidationError("--speed \(speed) is out of range: 0.1…1000.")
        }
    }

    func run() async throws {
        let configuration = try configuration.load()
        let inventory = configuration?.inventory ?? ExampleHotel.inventory
        guard statistics.isEmpty else { return try compare(inventory) }
        let calendar = try configuration?.calendar ?? inventory.building.calendar()
        let building = SimulatedBuilding(
            inventory: inventory, startSecondOfDay: Self.secondOfDay(in: calendar), interval: .seconds(interval),
            speed: speed, seed: seed)
        let broker = try BrokerAddress(configuration: configuration, options: self.broker)
        await SiteRun(building, broker: broker).run()
    }

    /// Prints the statistics of simulated and recorded readings.
    private func compare(_ inventory: Inventory) throws {
        do {
            let statistics = try HotelStatistics(inventory: inventory, files: statistics, seed: seed)
            for trouble in statistics.troubles { Console.complain(trouble) }
            Console.say("\(StatisticsTable(statistics))")
        } catch let error as FileError {
            throw CommandFailure(error.description)
        }
    }

    private static func secondOfDay(in calendar: LocalCalendar) -> Double {
        Double(calendar.wall(Timestamp(secondsSince1970: Date().timeIntervalSince1970)).second)
    }
}
