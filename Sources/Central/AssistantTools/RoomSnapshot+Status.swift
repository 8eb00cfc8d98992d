internal import Assistant
internal import Building
internal import Storage

extension RoomSnapshot {
    /// The latest readings. Of several devices with the same datapoint, the one most representative of the room comes
    /// first: the control loop has already weighed all sensors.
    var speakers: [RoomStatus.Reading] {
        devices.sorted { Self.rank($0) < Self.rank($1) }.flatMap { device in
            device.latest.compactMap { latest in
                guard let datapoint = Datapoint(latest.datapoint), !Self.isAboutControl(datapoint) else { return nil }
                return RoomStatus.Reading(
                    datapoint: datapoint, value: latest.value, time: latest.time, quality: latest.quality,
                    source: Self.name(of: device))
            }
        }
    }

    /// The latest report of the control loop or, without one, of the valve.
    var heating: RoomStatus.Heating? {
        let controller = newest(of: .roomController)
        let valve = newest(of: .radiatorValve)
        guard let device = controller ?? valve else { return nil }
        let level = controller?.newest(.valveLevel) ?? valve?.newest(.valveLevel)
        let times = [controller?.newest(.setpoint)?.time, level?.time].compactMap(\.self)
        guard let time = times.max() else { return nil }
        return RoomStatus.Heating(
            setpointCelsius: device.newest(.setpoint)?.number, valvePercent: level?.number,
            mode: device.newest(Self.mode)?.text, reason: device.newest(ComfortJudgement.reason)?.text, time: time)
    }

    private static let mode = Datapoint("mode")!

    private static func isAboutControl(_ datapoint: Datapoint) -> Bool {
        [.quality, .sensorQuality, mode, ComfortJudgement.reason].contains(datapoint)
    }

    private func newest(of deviceClass: DeviceClass) -> Device? {
        devices.filter { $0.deviceClass == deviceClass && !$0.latest.isEmpty }
            .max { ($0.latest.map(\.time).max()!) < ($1.latest.map(\.time).max()!) }
    }

    private static func rank(_ device: Device) -> Int {
        switch device.deviceClass {
        case .roomController: 0
        case .iaq: 1
        case .lifeBeing: 2
        case .temperatureSensor: 3
        default: 4
        }
    }

    /// Returns the device's name within its room.
    private static func name(of device: Device) -> String {
        let parts = device.deviceID.split(separator: "/", maxSplits: 2)
        return parts.count == 3 ? String(parts[2]) : device.deviceID
    }
}

extension RoomSnapshot.Device {
    func newest(_ datapoint: Datapoint) -> RoomSnapshot.Latest? { latest.first { $0.datapoint == datapoint.name } }
}

extension RoomSnapshot.Latest {
    var number: Double? { if case .number(let number) = value { number } else { nil } }
    var text: String? { if case .text(let text) = value { text } else { nil } }
}
