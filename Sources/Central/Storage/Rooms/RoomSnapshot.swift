public import Building

/// What a room's devices said last.
public struct RoomSnapshot: Hashable, Sendable {
    public var room: Int
    /// IANA name, of the building.
    public var timeZone: String
    /// By device id.
    public var devices: [Device]
    /// When the time begins that this tells of; `nil` where it tells of any.
    public var since: Timestamp?

    public struct Device: Hashable, Sendable {
        public var deviceID: String
        /// `nil` where nobody said what it is, or where this version does not know the class.
        public var deviceClass: DeviceClass?
        /// The newest per datapoint, by the datapoint's name. Empty before the device has sent anything.
        public var latest: [Latest]
    }

    public struct Latest: Hashable, Sendable {
        public var datapoint: String
        public var value: ReadingValue
        /// Of a temperature sensor's temperature: the worse of what is known of the reading and of the sensor.
        public var quality: Quality
        public var time: Timestamp
    }
}
