/// A measured value: a number in the datapoint's unit, or a state in words.
public enum ReadingValue: Hashable, Sendable {
    /// Always finite.
    case number(Double)
    /// At most `ReadingValue.longestText` bytes, without NUL.
    case text(String)

    public static let longestText = 1024

    /// As `raw_data.value` shows it: numbers in their shortest form (`22`, `24.5`).
    public var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): Self.shortest(number)
        }
    }

    /// The shortest decimal text that reads back as `number`, without a trailing `.0`.
    public static func shortest(_ number: Double) -> String {
        if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
        return number.description
    }
}

/// One stream of readings: what one device says about one datapoint.
public struct SeriesKey: Hashable, Sendable {
    /// The room's slug, `building` for what serves the whole building.
    public var room: Slug
    /// The device's id within the room, as it sends it: `sensor-1`.
    public var device: String
    public var deviceClass: DeviceClass?
    public var datapoint: Datapoint

    public init(room: Slug, device: String, deviceClass: DeviceClass?, datapoint: Datapoint) {
        self.room = room
        self.device = device
        self.deviceClass = deviceClass
        self.datapoint = datapoint
    }

    /// The longest device id, in bytes.
    public static let longestDevice = DeviceText.limit

    /// The device's id over the whole system: `<building>/<room>/<sensor>`.
    public func deviceID(in building: Slug) -> String {
        "\(building)/\(room)/\(device)"
    }
}

/// One reading as the gateway stores it.
public struct Reading: Hashable, Sendable {
    public var series: SeriesKey
    public var value: ReadingValue
    /// When it was measured: what the sensor said, else when the gateway received it.
    public var eventTime: Timestamp
    /// The gateway's clock when it received the reading.
    public var receivedTime: Timestamp
    /// Whether the gateway's clock could be trusted at that moment.
    public var clockTrusted: Bool
    public var quality: Quality

    public init(
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
