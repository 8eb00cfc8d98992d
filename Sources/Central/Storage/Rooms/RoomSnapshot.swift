package import Building
package import CivilTime

/// The latest readings of a room's devices.
package struct RoomSnapshot: Hashable, Sendable {
    /// The room's id.
    package var room: Int
    /// The building's.
    package var calendar: LocalCalendar
    /// The devices, ordered by device id.
    package var devices: [Device]
    /// The start of the range the caller has access to; `nil` if it is unlimited.
    package var since: Timestamp?

    /// A device and its latest readings.
    package struct Device: Hashable, Sendable {
        /// The device's id, unique in the whole system.
        package var deviceID: String
        /// The class of the device; `nil` if it is not known to this version.
        package var deviceClass: DeviceClass?
        /// The latest reading of each datapoint, ordered by the datapoint's name. Empty before the device has sent
        /// anything.
        package var latest: [Latest]

        /// The latest reading of a datapoint; `nil` if there is none.
        package subscript(datapoint: Datapoint) -> Latest? { latest.first { $0.datapoint == datapoint.name } }

        /// Returns the time of the newest of some datapoints' readings; `nil` if there is none.
        package func time(of datapoints: [Datapoint]) -> Timestamp? {
            datapoints.compactMap { self[$0]?.time }.max()
        }
    }

    /// The latest reading of a datapoint.
    package struct Latest: Hashable, Sendable {
        /// The name of the datapoint.
        package var datapoint: String
        /// The value in the datapoint's unit.
        package var value: ReadingValue
        /// The quality of the reading; for a temperature sensor, the worse of the reading's and the sensor's.
        package var quality: Quality
        /// The time of the measurement.
        package var time: Timestamp
    }

    /// Returns the device that speaks for the room: of several of a class, the one that last sent one of `datapoints`;
    /// `nil` if the room has no such device.
    package func speaker(of deviceClass: DeviceClass, for datapoints: [Datapoint]) -> Device? {
        devices.lazy.filter { $0.deviceClass == deviceClass }.map { (device: $0, time: $0.time(of: datapoints)) }
            .max { ($0.time?.millisecondsSince1970 ?? .min) < ($1.time?.millisecondsSince1970 ?? .min) }?.device
    }

    /// The control loop that speaks for the room.
    package var controller: Device? { speaker(of: .roomController, for: [.temperature, .setpoint, .valveLevel]) }

    /// The valve that speaks for the room.
    package var valve: Device? { speaker(of: .radiatorValve, for: [.valveLevel]) }
}
