package import Building
package import RoomPhysics

/// All rooms and meters of one building, and the devices that report about them.
///
/// It does no I/O: time is put in, messages come out, valve commands go in.
package struct SimulatedBuilding: Sendable {
    /// How the building is doing, for people.
    package struct Overview: Sendable, Hashable {
        package var rooms: Int
        /// From the coldest to the warmest room, in °C; `nil` where there are no rooms.
        package var roomCelsius: ClosedRange<Double>?
        /// From the least to the most open valve, in %; `nil` where there are no rooms.
        package var valvePercent: ClosedRange<Int>?
        package var outdoorCelsius: Double
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

    package let inventory: Inventory
    /// How many times faster than the clock the building lives.
    package let speed: Double
    /// How many devices report.
    package var deviceCount: Int { reporters.count }
    /// Devices of the inventory that are not simulated, as `room/device`.
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
    /// How long each room and all meters have lived, in simulated seconds.
    private var roomSeconds: [Double]
    private var meterSeconds = 0.0
    private var latest = Duration.zero

    /// - Parameter startSecondOfDay: The local time of day at which it starts, in s.
    /// - Parameter interval: How often each device reports; positive.
    /// - Parameter speed: How many times faster than the clock heat, weather and guests live; positive.
    /// - Parameter seed: Fixes what the rooms are made of, what their guests do and how their sensors err.
    package init(
        inventory: Inventory, startSecondOfDay: Double, interval: Duration = .seconds(5), speed: Double = 1,
        outdoorDay: OutdoorDay = OutdoorDay(), seed: UInt64 = 1
    ) {
        precondition(speed > 0 && speed.isFinite, "time goes forward")
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

    /// Sends a valve on its way. Returns whether the building has that room.
    @discardableResult
    package mutating func receive(_ command: ValveCommand) -> Bool {
        guard let index = roomIndex[command.room] else { return false }
        advance(room: index, to: latest)
        rooms[index].move(valveTo: command.level)
        return true
    }

    /// What the devices have to say until `elapsed` since the start. Time that goes back says nothing.
    ///
    /// - Parameter now: The devices' clock.
    package mutating func messages(until elapsed: Duration, at now: Timestamp) -> [DeviceMessage] {
        latest = max(latest, elapsed)
        return schedule.due(by: latest).map { report(reporters[$0], at: now) }
    }

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

    private mutating func advance(room index: Int, to elapsed: Duration) {
        let target = elapsed.inSeconds * speed
        rooms[index].advance(seconds: target - roomSeconds[index])
        roomSeconds[index] = max(roomSeconds[index], target)
    }

    private mutating func readMeter(_ index: Int) -> Double {
        let target = latest.inSeconds * speed
        if target > meterSeconds {
            for other in meters.indices { meters[other].advance(seconds: target - meterSeconds) }
            meterSeconds = target
        }
        return meters[index].kilowatts(secondOfDay: startSecondOfDay + target)
    }
}
