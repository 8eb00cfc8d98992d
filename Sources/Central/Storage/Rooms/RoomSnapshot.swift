package import Building

/// What a room's devices said last.
package struct RoomSnapshot: Hashable, Sendable {
    package var room: Int
    /// IANA name, of the building.
    package var timeZone: String
    /// By device id.
    package var devices: [Device]
    /// When the time begins that this tells of; `nil` where it tells of any.
    package var since: Timestamp?

    package struct Device: Hashable, Sendable {
        package var deviceID: String
        /// `nil` where nobody said what it is, or where this version does not know the class.
        package var deviceClass: DeviceClass?
        /// The newest per datapoint, by the datapoint's name. Empty before the device has sent anything.
        package var latest: [Latest]
    }

    package struct Latest: Hashable, Sendable {
        package var datapoint: String
        package var value: ReadingValue
        /// Of a temperature sensor's temperature: the worse of what is known of the reading and of the sensor.
        package var quality: Quality
        package var time: Timestamp
    }
}
