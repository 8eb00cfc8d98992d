/// The plausibility of one series' readings, judged by value and time alone. One rule for every way in: `/readings/…` at a
/// gateway, its uploads, `POST /temperature`, and imported files.
package struct ReadingPlausibility: Sendable {
    /// The range of a room's temperature sensor, °C. A value outside it is kept, as `failed`.
    package static let sensorCelsius = -30.0...60
    /// How far ahead of our own clock a reading's time may be. One that is farther ahead is kept, as `degraded`. A device's
    /// clock may be a day off (`clock.plausibleHours`); times long past are what imports and uploads bring.
    package static let longestAhead = Duration.seconds(86_400)
    /// °C. Nothing is as cold as that, whatever says so.
    private static let absoluteZero = -273.15

    private let isTemperature: Bool
    private let isRoomSensor: Bool

    package init(of series: SeriesKey) {
        isTemperature = Self.isTemperature(series.datapoint)
        isRoomSensor = series.datapoint == .temperature && series.deviceClass == .temperatureSensor
    }

    /// Returns false for a value that is physically impossible for the datapoint. Such a reading is refused if its sender can
    /// be told; in a gateway's upload, whose numbers must have no gap, it is kept as `failed`.
    package static func isPossible(_ value: ReadingValue, of datapoint: Datapoint) -> Bool {
        guard case .number(let number) = value, isTemperature(datapoint) else { return true }
        return number > absoluteZero
    }

    /// - Parameter now: our own clock, which is right.
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
