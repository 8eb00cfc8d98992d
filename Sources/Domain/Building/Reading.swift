/// A measured value: a number in the datapoint's unit, or a state in words.
package enum ReadingValue: Hashable, Sendable {
    /// Always finite.
    case number(Double)
    /// At most `ReadingValue.longestText` bytes, without NUL.
    case text(String)

    package static let longestText = 1024

    /// As `raw_data.value` shows it: numbers in their shortest form (`22`, `24.5`).
    package var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): Self.shortest(number)
        }
    }

    /// The shortest decimal text that reads back as `number`, without a trailing `.0`.
    package static func shortest(_ number: Double) -> String {
        if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
        return number.description
    }
}

/// One stream of readings: what one device says about one datapoint.
package struct SeriesKey: Hashable, Sendable {
    /// The room's slug, `building` for what serves the whole building.
    package var room: Slug
    /// The device's id within the room, as it sends it: `sensor-1`.
    package var device: String
    package var deviceClass: DeviceClass?
    package var datapoint: Datapoint

    package init(room: Slug, device: String, deviceClass: DeviceClass?, datapoint: Datapoint) {
        self.room = room
        self.device = device
        self.deviceClass = deviceClass
        self.datapoint = datapoint
    }

    /// The longest device id, in bytes.
    package static let longestDevice = DeviceText.limit

    /// The device's id over the whole system: `<building>/<room>/<sensor>`.
    package func deviceID(in building: Slug) -> String {
        "\(building)/\(room)/\(device)"
    }
}

/// One reading as the gateway stores it.
package struct Reading: Hashable, Sendable {
    package var series: SeriesKey
    package var value: ReadingValue
    /// When it was measured: what the sensor said, else when the gateway received it.
    package var eventTime: Timestamp
    /// The gateway's clock when it received the reading.
    package var receivedTime: Timestamp
    /// Whether the gateway's clock could be trusted at that moment.
    package var clockTrusted: Bool
    package var quality: Quality

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
