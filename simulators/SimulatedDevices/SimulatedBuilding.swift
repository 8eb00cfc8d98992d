package import Building
package import RoomPhysics

/// The rooms and meters of one building, and the devices that report about them.
///
/// It does no I/O: time and valve commands go in, messages come out.
package struct SimulatedBuilding: Sendable {
    /// A summary of the building's state, for the status line.
    package struct Overview: Sendable, Hashable {
        /// The number of rooms.
        package var rooms: Int
        /// The temperatures from the coldest to the warmest room, in °C; `nil` if there are no rooms.
        package var roomCelsius: ClosedRange<Double>?
        /// The openings from the least to the most open valve, in %; `nil` if there are no rooms.
        package var valvePercent: ClosedRange<Int>?
        /// The outdoor temperature, in °C.
        package var outdoorCelsius: Double
        /// The number of rooms with guests in them.
        package var occupiedRooms: Int
    }

    private enum Reporter: Sendable {
        case temperature(room: Int, sensor: Int, id: String)
        case airQuality(room: Int, id: String)
        case presence(room: Int, id: String)
        case valve(room: Int, id: String)
        case meter(index: Int, id: String)
        case outdoor(id: String)
    }

    /// The rooms and devices of the building.
    package let inventory: Inventory
    /// The factor by which simulated time is faster than real time.
    package let speed: Double
    /// The number of devices that report.
    package var deviceCount: Int { reporters.count }
    /// The devices of the inventory that are not simulated, as `room/device`.
    package let silentDevices: [String]

    private let slugs: [Slug]
    private let roomIndex: [Slug: Int]
    private let startSecondOfDay: Double
    private let reportsInMilliseconds: Bool
    private let outdoorDay: OutdoorDay
    private var rooms: [SimulatedRoom] = []
    private var meters: [PowerMeter] = []
    private var reporters: [Reporter] = []
    private var schedule: ReportSchedule
    /// The time for which each room has been simulated, in simulated seconds.
    private var roomSeconds: [Double]
    private var meterSeconds = 0.0
    private var latest = Duration.zero

    /// Creates a building.
    ///
    /// - Parameters:
    ///   - startSecondOfDay: the local time at which it starts, in seconds since midnight.
    ///   - interval: the interval at which each device reports; positive.
    ///   - speed: the factor by which heat, weather and guests are faster than real time; positive.
    ///   - seed: determines the rooms' construction, their guests and the errors of their sensors.
    package init(
        inventory: Inventory, startSecondOfDay: Double, interval: Duration = .seconds(5), speed: Double = 1,
        outdoorDay: OutdoorDay = OutdoorDay(), seed: UInt64 = 1
    ) {
        precondition(speed > 0 && speed.isFinite, "the speed must be positive")
        self.inventory = inventory
        self.speed = speed
        self.startSecondOfDay = startSecondOfDay
        self.outdoorDay = outdoorDay
        reportsInMilliseconds = interval < .seconds(1)
        let entries = inventory.floors.flatMap(\.rooms)
        slugs = entries.map(\.slug)
        roomIndex = Dictionary(slugs.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        roomSeconds = Array(repeating: 0, count: entries.count)
        schedule = ReportSchedule(devices: 0, interval: interval)
        var silent: [String] = []
        for (index, entry) in entries.enumerated() {
            let sensors = entry.devices.filter { $0.deviceClass == .temperatureSensor }
            for (sensor, device) in sensors.enumerated() {
                reporters.append(.temperature(room: index, sensor: sensor, id: device.id))
            }
            for device in entry.devices where device.deviceClass != .temperatureSensor {
                switch device.deviceClass {
                case .iaq: reporters.append(.airQuality(room: index, id: device.id))
                case .lifeBeing: reporters.append(.presence(room: index, id: device.id))
                case .radiatorValve: reporters.append(.valve(room: index, id: device.id))
                default: silent.append("\(entry.slug)/\(device.id)")
                }
            }
            rooms.append(
                SimulatedRoom(
                    oneOfItsKind: entry.slug, sensors: sensors.count, outdoorDay: outdoorDay,
                    startSecondOfDay: startSecondOfDay, seed: seed))
        }
        for device in inventory.devices {
            switch device.deviceClass {
            case .powerMeter:
                reporters.append(.meter(index: meters.count, id: device.id))
                meters.append(PowerMeter(load: PowerMeter.Load(behind: device), seed: seed, name: device.id))
            case .temperatureSensor: reporters.append(.outdoor(id: device.id))
            default: silent.append("\(Slug.building)/\(device.id)")
            }
        }
        silentDevices = silent
        schedule = ReportSchedule(devices: reporters.count, interval: interval)
    }

    /// Commands a valve to move. Returns whether the building has the room.
    @discardableResult
    package mutating func receive(_ command: ValveCommand) -> Bool {
        guard let index = roomIndex[command.room] else { return false }
        advance(room: index, to: latest)
        rooms[index].move(valveTo: command.level)
        return true
    }

    /// Returns the messages that are due up to `elapsed` since the start; none if time goes backwards.
    ///
    /// - Parameter now: the time on the devices' clocks.
    package mutating func messages(until elapsed: Duration, at now: Timestamp) -> [DeviceMessage] {
        latest = max(latest, elapsed)
        return schedule.due(by: latest).map { report(reporters[$0], at: now) }
    }

    /// The present state of the building.
    package var overview: Overview {
        let temperatures = rooms.map(\.thermal.airCelsius)
        let levels = rooms.map(\.valveLevel.percent)
        return Overview(
            rooms: rooms.count,
            roomCelsius: temperatures.min().flatMap { low in temperatures.max().map { low...$0 } },
            valvePercent: levels.min().flatMap { low in levels.max().map { low...$0 } },
            outdoorCelsius: outdoorCelsius,
            occupiedRooms: rooms.count(where: \.guests.areHere))
    }

    private var outdoorCelsius: Double {
        outdoorDay.celsius(secondOfDay: startSecondOfDay + latest.inSeconds * speed)
    }

    /// Returns the present report of a device.
    private mutating func report(_ reporter: Reporter, at now: Timestamp) -> DeviceMessage {
        switch reporter {
        case .temperature(let room, let sensor, let id):
            advance(room: room, to: latest)
            let celsius = rooms[room].readTemperature(sensor: sensor)
            return DeviceMessage(
                topic: "/readings/\(slugs[room])/temperature",
                payload: DevicePayload.reading(sensor: id, of: .temperature, value: celsius))
        case .outdoor(let id):
            return DeviceMessage(
                topic: "/readings/\(Slug.building)/\(Datapoint.outdoorTemperature)",
                payload: DevicePayload.reading(
                    sensor: id, of: .outdoorTemperature, value: (outdoorCelsius * 10).rounded() / 10))
        case .airQuality(let room, let id):
            advance(room: room, to: latest)
            let air = rooms[room].readAirQuality()
            let datapoints: [(Datapoint, String)] = [
                (.temperature, "\(air.temperatureCelsius)"), (.humidity, "\(air.humidityPercent)"),
                (.co2, "\(air.co2)"),
            ]
            return message(from: id, of: .iaq, in: slugs[room], datapoints, at: now)
        case .presence(let room, let id):
            advance(room: room, to: latest)
            let datapoints: [(Datapoint, String)] = [
                (.presenceState, rooms[room].guests.areHere ? #""occupied""# : #""unoccupied""#),
                (.sensitivity, "100.0"), (.onlineStatus, #""online""#),
            ]
            return message(from: id, of: .lifeBeing, in: slugs[room], datapoints, at: now)
        case .valve(let room, let id):
            advance(room: room, to: latest)
            let level = rooms[room].valveLevel.percent
            return message(from: id, of: .radiatorValve, in: slugs[room], [(.valveLevel, "\(level)")], at: now)
        case .meter(let index, let id):
            let kilowatts = readMeter(index)
            return message(from: id, of: .powerMeter, in: .building, [(.powerKilowatts, "\(kilowatts)")], at: now)
        }
    }

    private func message(
        from id: String, of deviceClass: DeviceClass, in room: Slug, _ datapoints: [(Datapoint, String)],
        at now: Timestamp
    ) -> DeviceMessage {
        let payload = DevicePayload.Several(
            device: id, time: now, inMilliseconds: reportsInMilliseconds,
            datapoints: datapoints.map { (name: $0.0.name, json: $0.1) })
        return DeviceMessage(topic: "/readings/\(room)/\(deviceClass.rawValue)", payload: payload.text)
    }

    /// Advances a room to a point in real time since the start.
    private mutating func advance(room index: Int, to elapsed: Duration) {
        let target = elapsed.inSeconds * speed
        rooms[index].advance(seconds: target - roomSeconds[index])
        roomSeconds[index] = max(roomSeconds[index], target)
    }

    /// Advances all meters and returns the power of one, in kW.
    private mutating func readMeter(_ index: Int) -> Double {
        let target = latest.inSeconds * speed
        if target > meterSeconds {
            for other in meters.indices { meters[other].advance(seconds: target - meterSeconds) }
            meterSeconds = target
        }
        return meters[index].kilowatts(secondOfDay: startSecondOfDay + target)
    }
}
