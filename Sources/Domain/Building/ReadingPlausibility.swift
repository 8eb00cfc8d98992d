/// The plausibility of one series' readings, judged by value and time alone. All entry points share this rule:
/// `/readings/…` at a gateway, its uploads, `POST /temperature`, and imported files.
package struct ReadingPlausibility: Sendable {
    /// The range of a room's temperature sensor, °C. A value outside it is stored as `failed`.
    package static let sensorCelsius = -30.0...60
    /// The maximum time by which a reading may be ahead of our own clock; one that is further ahead is stored as
    /// `degraded`. A device's clock may be a day off (`clock.plausibleHours`). The past has no limit, since imports and
    /// uploads bring old readings.
    package static let longestAhead = Duration.seconds(86_400)
    /// The temperature that every valid reading exceeds, °C.
    private static let absoluteZero = -273.15

    private let isTemperature: Bool
    private let isRoomSensor: Bool

    /// Creates the rule for one series.
    package init(of series: SeriesKey) {
        isTemperature = Self.isTemperature(series.datapoint)
        isRoomSensor = series.datapoint == .temperature && series.deviceClass == .temperatureSensor
    }

    /// Returns `false` for a value that is physically impossible for the datapoint. Such a reading is rejected if its
    /// sender can be told; in a gateway's upload, whose numbers must have no gap, it is stored as `failed`.
    package static func isPossible(_ value: ReadingValue, of datapoint: Datapoint) -> Bool {
        guard case .number(let number) = value, isTemperature(datapoint) else { return true }
        return number > absoluteZero
    }

    /// Returns the quality of a value measured at `time`.
    ///
    /// - Parameter now: Our own clock, which is assumed to be right.
    package func quality(of value: ReadingValue, at time: Timestamp, now: Timestamp) -> Quality {
        if isTemperature, case .number(let celsius) = value {
            guard celsius > Self.absoluteZero, !isRoomSensor || Self.sensorCelsius.contains(celsius) else {
                return .failed
            }
        }
        return time > now.advanced(by: Self.longestAhead) ? .degraded : .good
    }

    private static func isTemperature(_ datapoint: Datapoint) -> Bool {
        datapoint.measurementUnit?.dimension == .temperature
    }
}
