/// A measured value: a number in the datapoint's unit, or a state as text.
package enum ReadingValue: Hashable, Sendable {
    /// A number, always finite.
    case number(Double)
    /// A text of at most `ReadingValue.longestText` bytes, without NUL.
    case text(String)

    /// The maximum length of a text value, bytes.
    package static let longestText = 1024

    /// The value as in `raw_data.value`: numbers in their shortest form (`22`, `24.5`).
    package var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): Self.shortest(number)
        }
    }

    /// Returns the shortest decimal text that reads back as `number`, without a trailing `.0`.
    package static func shortest(_ number: Double) -> String {
        if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
        return number.description
    }
}

/// The identity of one series of readings: a datapoint of a device.
package struct SeriesKey: Hashable, Sendable {
    /// The room's slug; `building` for devices that serve the whole building.
    package var room: Slug
    /// The device's id within the room, as it sends it: `sensor-1`.
    package var device: String
    /// The kind of device, if known.
    package var deviceClass: DeviceClass?
    /// The quantity that the series measures.
    package var datapoint: Datapoint

    /// Creates the key of a series.
    package init(room: Slug, device: String, deviceClass: DeviceClass?, datapoint: Datapoint) {
        self.room = room
        self.device = device
        self.deviceClass = deviceClass
        self.datapoint = datapoint
    }

    /// The maximum length of a device id, bytes.
    package static let longestDevice = DeviceText.limit

    /// Returns the device's id in the whole system: `<building>/<room>/<sensor>`.
    package func deviceID(in building: Slug) -> String {
        DeviceID(building: building, room: room, device: device).description
    }
}

/// One reading as the gateway stores it.
package struct Reading: Hashable, Sendable {
    /// The series to which it belongs.
    package var series: SeriesKey
    /// The measured value.
    package var value: ReadingValue
    /// The time of measurement: the sensor's time if it sent one, else the time of receipt.
    package var eventTime: Timestamp
    /// The gateway's clock at the time of receipt.
    package var receivedTime: Timestamp
    /// A Boolean value that indicates whether the gateway's clock was trusted at the time of receipt.
    package var clockTrusted: Bool
    /// The degree to which the value can be trusted.
    package var quality: Quality

    /// Creates a reading.
    package init(
        series: SeriesKey, value: ReadingValue, eventTime: Timestamp, receivedTime: Timestamp, clockTrusted: Bool,
        quality: Quality = .good
    ) {
        self.series = series
        self.value = value
        self.eventTime = eventTime
        self.receivedTime = receivedTime
        self.clockTrusted = clockTrusted
        self.quality = quality
    }
}
