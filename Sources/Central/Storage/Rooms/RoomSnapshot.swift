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
}
