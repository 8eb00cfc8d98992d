package import Building
package import Foundation
package import HomePhysics

/// The energy devices of a home: those of its inventory that serve the whole building and produce, store or use
/// electricity.
///
/// It does no I/O: time and commands go in, messages come out.
package struct SimulatedHome: Sendable {
    private enum Reporter: Sendable {
        case panel(Int)
        case battery(Int)
        case car(Int)
        case appliance(Int)
    }

    /// The home and its physical state.
    package private(set) var home: Home
    /// The factor by which simulated time is faster than real time.
    package let speed: Double
    private let start: Date
    private let reportsInMilliseconds: Bool
    private let ids: [String]
    private let reporters: [Reporter]
    private var schedule: ReportSchedule
    private var latest = Duration.zero
    /// The indices of devices that report at once, ahead of their schedule.
    private var eager: [Int] = []

    /// Creates the devices.
    ///
    /// - Parameters:
    ///   - start: the moment at which the simulation starts.
    ///   - interval: the interval at which each device reports; positive.
    ///   - speed: the factor by which it is faster than real time; positive.
    ///   - seed: determines the weather, the times of appliances and the trips of cars.
    package init(
        inventory: Inventory, place: Place, equipment: HomeEquipment = HomeEquipment(), start: Date,
        interval: Duration = .seconds(5), speed: Double = 1, seed: UInt64 = 1
    ) {
        precondition(speed > 0 && speed.isFinite, "the speed must be positive")
        var panels: [SolarPanel] = []
        var batteries: [Storage] = []
        var cars: [Car] = []
        var appliances: [Appliance] = []
        var reporters: [(String, Reporter)] = []
        for device in inventory.devices {
            switch device.deviceClass {
            case .solarPanel:
                reporters.append((device.id, .panel(panels.count)))
                panels.append(SolarPanel(ratedWatts: equipment.solarWatts))
            case .battery:
                reporters.append((device.id, .battery(batteries.count)))
                batteries.append(
                    Storage(
                        capacityWattHours: equipment.batteryWattHours, greatestChargeWatts: equipment.batteryWatts,
                        greatestDischargeWatts: equipment.batteryWatts, chargeWattHours: equipment.batteryWattHours / 2)
                )
            case .electricVehicle:
                reporters.append((device.id, .car(cars.count)))
                cars.append(
                    Car(
                        Storage(
                            capacityWattHours: equipment.carWattHours, greatestChargeWatts: equipment.carChargeWatts,
                            greatestDischargeWatts: equipment.carDischargeWatts, efficiency: 0.93,
                            chargeWattHours: equipment.carWattHours * 0.6), name: device.id, seed: seed))
            case .appliance:
                reporters.append((device.id, .appliance(appliances.count)))
                appliances.append(Appliance(Appliance.Kind(named: device.id), name: device.id, seed: seed))
            default: continue
            }
        }
        ids = reporters.map(\.0)
        self.reporters = reporters.map(\.1)
        self.start = start
        self.speed = speed
        reportsInMilliseconds = interval < .seconds(1)
        schedule = ReportSchedule(devices: reporters.count, interval: interval)
        home = Home(
            place: place, seed: seed, panels: panels, appliances: appliances, batteries: batteries, cars: cars,
            start: start)
    }

    /// The number of devices that report.
    package var deviceCount: Int { ids.count }

    /// Passes an instruction to a battery or car, which obeys at once and reports ahead of its schedule. Returns
    /// whether the home has such a device.
    @discardableResult
    package mutating func receive(_ instruction: StorageInstruction) -> Bool {
        guard let index = ids.firstIndex(of: instruction.device) else { return false }
        switch reporters[index] {
        case .battery(let battery): home.order(instruction.order, toBattery: battery)
        case .car(let car): home.order(instruction.order, toCar: car)
        case .panel, .appliance: return false
        }
        if !eager.contains(index) { eager.append(index) }
        return true
    }

    /// Returns the messages that are due up to `elapsed` since the start; none if time goes backwards.
    ///
    /// - Parameter now: the time on the devices' clocks.
    package mutating func messages(until elapsed: Duration, at now: Timestamp) -> [DeviceMessage] {
        latest = max(latest, elapsed)
        home.advance(to: start + latest.inSeconds * speed)
        let due = schedule.due(by: latest)
        defer { eager = [] }
        return (eager.filter { !due.contains($0) } + due).map { report($0, at: now) }
    }

    /// Returns the present report of a device.
    private func report(_ index: Int, at now: Timestamp) -> DeviceMessage {
        switch reporters[index] {
        case .panel(let panel):
            message(index, .solarPanel, [(.powerWatts, home.flow.panels[panel])], at: now)
        case .appliance(let appliance):
            message(index, .appliance, [(.powerWatts, home.flow.appliances[appliance])], at: now)
        case .battery(let battery):
            message(
                index, .battery,
                [
                    (.powerWatts, home.flow.batteries[battery]),
                    (.chargeWattHours, home.batteries[battery].chargeWattHours),
                ], at: now)
        case .car(let car):
            message(
                index, .electricVehicle,
                [(.powerWatts, home.flow.cars[car]), (.chargeWattHours, home.cars[car].storage.chargeWattHours)],
                at: now)
        }
    }

    private func message(
        _ index: Int, _ deviceClass: DeviceClass, _ datapoints: [(Datapoint, Double)], at now: Timestamp
    ) -> DeviceMessage {
        let payload = DevicePayload.Several(
            device: ids[index], time: now, inMilliseconds: reportsInMilliseconds,
            // Rounded to a tenth; never -0.
            datapoints: datapoints.map { (name: $0.0.name, json: "\(($0.1 * 10).rounded() / 10 + 0)") })
        return DeviceMessage(topic: "/readings/\(Slug.building)/\(deviceClass.rawValue)", payload: payload.text)
    }
}

extension Appliance.Kind {
    /// Guesses the kind from a device's name; a name without a hint stands for a load that is always on.
    init(named name: String) {
        let name = name.lowercased()
        let hints: [(String, Self)] = [
            ("fridge", .refrigerator), ("refrigerator", .refrigerator), ("freezer", .refrigerator),
            ("dish", .dishwasher), ("wash", .washingMachine), ("air", .airConditioning), ("cool", .airConditioning),
            ("oven", .oven), ("stove", .oven), ("cook", .oven), ("light", .lighting), ("lamp", .lighting),
        ]
        self = hints.first { name.contains($0.0) }?.1 ?? .standby
    }
}
