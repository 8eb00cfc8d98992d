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
                    source: DeviceID.local(device.deviceID))
            }
        }
    }

    /// The latest report of the control loop or, without one, of the valve.
    var heating: RoomStatus.Heating? {
        let (controller, valve) = (controller?.ifHeard, valve?.ifHeard)
        guard let device = controller ?? valve else { return nil }
        let level = controller?[.valveLevel] ?? valve?[.valveLevel]
        let times = [controller?[.setpoint]?.time, level?.time].compactMap(\.self)
        guard let time = times.max() else { return nil }
        return RoomStatus.Heating(
            setpointCelsius: device[.setpoint]?.number, valvePercent: level?.number,
            mode: device[Self.mode]?.text, reason: device[ComfortJudgement.reason]?.text, time: time)
    }

    private static let mode = Datapoint("mode")!

    private static func isAboutControl(_ datapoint: Datapoint) -> Bool {
        [.quality, .sensorQuality, mode, ComfortJudgement.reason].contains(datapoint)
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
}

extension RoomSnapshot.Device {
    /// The device, unless it has not sent anything yet.
    fileprivate var ifHeard: Self? { latest.isEmpty ? nil : self }
}

extension RoomSnapshot.Latest {
    var number: Double? { if case .number(let number) = value { number } else { nil } }
    var text: String? { if case .text(let text) = value { text } else { nil } }
}
