import ArgumentParser
import Building
import CivilTime
import EdgeConfiguration
import Foundation
import HomePhysics
import MQTT
import SimulatedDevices

/// The subcommand `home`, which simulates a home on a broker.
struct HomeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "home",
        abstract: "Simulates a home over MQTT: solar panels, batteries, cars and appliances, and its heated rooms.",
        discussion: """
            Panels follow the sun and the clouds, appliances run as a family uses them, a battery charges from surplus \
            solar power and covers the evening, a car drives to work. Batteries and cars obey \
            /actuators/building/<device> within their limits; when full or empty, they are idle. The kind of an appliance \
            is part of its id: fridge, dish, wash, air, oven, light; others always run. Runs until Ctrl-C or SIGTERM. \
            Without --config it simulates the home of config/edge-home.yaml.
            """)

    @OptionGroup var configuration: SimulatorOptions
    @OptionGroup var broker: BrokerOptions

    @Option(help: ArgumentHelp("The reporting interval of each device in s, 0.1…3600.", valueName: "seconds"))
    var interval = 5.0

    @Option(
        help: ArgumentHelp(
            "The speed of the simulation relative to real time, 0.1…1000. Timestamps stay real.", valueName: "factor")
    )
    var speed = 1.0

    @Option(
        help: ArgumentHelp(
            "The simulated start time, such as 2026-06-21T12:00 in the home's time zone. Default: now.",
            valueName: "time"))
    var start: String?

    @Option(help: ArgumentHelp("The random seed for weather, appliance use and rooms.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The latitude of the home, -90…90; north is positive.", valueName: "degrees"))
    var latitude = 52.52

    @Option(help: ArgumentHelp("The longitude of the home, -180…180; east is positive.", valueName: "degrees"))
    var longitude = 13.4

    @Option(help: ArgumentHelp("The peak power of each solar panel in W, 1…1000000.", valueName: "watts"))
    var solarWatts = HomeEquipment().solarWatts

    @Option(help: ArgumentHelp("The capacity of each battery in Wh, 1…1000000.", valueName: "watt-hours"))
    var batteryWh = HomeEquipment().batteryWattHours

    @Option(help: ArgumentHelp("The maximum power of each battery in W, 1…1000000.", valueName: "watts"))
    var batteryWatts = HomeEquipment().batteryWatts

    @Option(help: ArgumentHelp("The battery capacity of each car in Wh, 1…1000000.", valueName: "watt-hours"))
    var carWh = HomeEquipment().carWattHours

    @Option(help: ArgumentHelp("The maximum charging power of each car in W, 1…1000000.", valueName: "watts"))
    var carWatts = HomeEquipment().carChargeWatts

    func validate() throws {
        try check(interval, "--interval", within: 0.1...3600)
        try check(speed, "--speed", within: 0.1...1000)
        try check(latitude, "--latitude", within: -90...90)
        try check(longitude, "--longitude", within: -180...180)
        for (value, option) in [
            (solarWatts, "--solar-watts"), (batteryWh, "--battery-wh"), (batteryWatts, "--battery-watts"),
            (carWh, "--car-wh"), (carWatts, "--car-watts"),
        ] {
            try check(value, option, within: 1...1_000_000)
        }
        if let start, Self.moment(start, in: .utc) == nil {
            throw ValidationError("--start \(start) is not a valid time such as 2026-06-21T12:00.")
        }
    }

    func run() async throws {
        let configuration = try configuration.load()
        let inventory = configuration?.inventory ?? ExampleHome.inventory
        let calendar = try configuration?.calendar ?? inventory.building.calendar()
        let place = Place(latitude: latitude, longitude: longitude, calendar: calendar)
        let begin = start.flatMap { Self.moment($0, in: calendar) } ?? Date()
        var rooms = inventory
        rooms.devices = []
        var energy = inventory
        energy.floors = []
        let site = HomeSite(
            rooms: SimulatedBuilding(
                inventory: rooms, startSecondOfDay: place.local(begin).hour * 3600, interval: .seconds(interval),
                speed: speed, seed: seed),
            energy: SimulatedHome(
                inventory: energy, place: place, equipment: equipment, start: begin, interval: .seconds(interval),
                speed: speed, seed: seed))
        let broker = try BrokerAddress(configuration: configuration, options: self.broker)
        await SiteRun(site, broker: broker).run()
    }

    private var equipment: HomeEquipment {
        var equipment = HomeEquipment()
        equipment.solarWatts = solarWatts
        equipment.batteryWattHours = batteryWh
        equipment.batteryWatts = batteryWatts
        equipment.carWattHours = carWh
        equipment.carChargeWatts = carWatts
        return equipment
    }

    private func check(_ value: Double, _ option: String, within range: ClosedRange<Double>) throws {
        guard range.contains(value) else {
            throw ValidationError("\(option) \(value) is out of range: \(range.lowerBound)…\(range.upperBound).")
        }
    }

    /// Parses a local time of the home.
    private static func moment(_ text: String, in calendar: LocalCalendar) -> Date? {
        ISO8601Time(text)?.moment(in: calendar).map { Date(timeIntervalSince1970: $0.secondsSince1970) }
    }
}
