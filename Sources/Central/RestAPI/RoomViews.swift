internal import APISupport
internal import Building
internal import CivilTime
internal import JSON
internal import Storage

/// The latest values of one device under fixed names.
struct DeviceView {
    let device: RoomSnapshot.Device
    let datapoints: [Datapoint]

    /// The time of the newest value; `nil` if there is none yet.
    var time: Timestamp? { device.time(of: datapoints) }

    func json(_ zone: ISO8601Writer) -> JSON {
        .object(
            datapoints.map { .init($0.name, JSON(device[$0]?.value)) } + [
                .init("timestamp", JSON(time.map(zone.text))), .init("device_id", .string(device.deviceID)),
            ])
    }
}

/// The temperature, set-point and valve level of a room as its controller reports them, or else as its valve does.
struct ClimateView {
    let controller: RoomSnapshot.Device?
    let valve: RoomSnapshot.Device?

    func json(_ zone: ISO8601Writer) -> JSON {
        let level = controller?[.valveLevel] ?? valve?[.valveLevel]
        let parts = [controller?[.temperature], controller?[.setpoint], level]
        let quality = controller?[.quality]?.value ?? level.map { .text($0.quality.name) }
        let time = parts.compactMap { $0?.time }.max()
        return [
            "temperature": JSON(parts[0]?.value), "setpoint": JSON(parts[1]?.value),
            "valve_level": JSON(level?.value), "quality": JSON(quality),
            "timestamp": JSON(time.map(zone.text)),
        ]
    }
}

extension RoomSnapshot {
    var airQuality: DeviceView? { view(of: .iaq, [.temperature, .humidity, .co2]) }

    var presence: DeviceView? { view(of: .lifeBeing, [.presenceState, .sensitivity]) }

    var climate: ClimateView? {
        controller == nil && valve == nil ? nil : ClimateView(controller: controller, valve: valve)
    }

    /// Returns the view of the device of a class that speaks for the room.
    private func view(of deviceClass: DeviceClass, _ datapoints: [Datapoint]) -> DeviceView? {
        speaker(of: deviceClass, for: datapoints).map { DeviceView(device: $0, datapoints: datapoints) }
    }

    /// Returns the latest reading of every datapoint of every device.
    func readings(_ zone: ISO8601Writer) -> JSON {
        .array(
            devices.flatMap { device in
                device.latest.map { $0.json(device: device.deviceID, zone) }
            })
    }

    /// Returns the whole snapshot, as `GET /rooms/<room_id>/data/` shows it.
    func json(_ zone: ISO8601Writer) -> JSON {
        let members: [JSON.Member] = [
            .init("room_id", .integer(room)), .init("iaq", airQuality?.json(zone) ?? .null),
            .init("life_being", presence?.json(zone) ?? .null), .init("climate", climate?.json(zone) ?? .null),
            .init("readings", readings(zone)),
        ]
        return .object(members + (since.map { [.init("since", .string(zone.text($0)))] } ?? []))
    }
}

extension RoomSnapshot.Latest {
    func json(device: String, _ zone: ISO8601Writer) -> JSON {
        [
            "device_id": .string(device), "datapoint": .string(datapoint), "value": JSON(value),
            "timestamp": .string(zone.text(time)), "quality": .string(quality.name),
        ]
    }
}
