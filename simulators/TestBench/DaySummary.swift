/// How well a day went, after the room has settled.
///
/// Errors are those of the room's true temperature, so they hold what the sensors' own errors add.
package struct DaySummary: Sendable, Hashable, Codable {
    /// The mean of room minus set-point, in K: positive where the room was too warm.
    package var meanErrorKelvin: Double
    /// The mean size of the error, in K.
    package var meanAbsoluteErrorKelvin: Double
    package var rootMeanSquareErrorKelvin: Double
    /// How far the room was above the set-point at most, in K.
    package var overshootKelvin: Double
    /// The share of time within half a kelvin of the set-point, 0…1.
    package var shareWithinHalfKelvin: Double
    /// Of the whole time, the settling included.
    package var heatKilowattHours: Double
    package var valveCommands: Int
    package var valveTravelPercent: Int

    package init(of record: DayRecord) {
        let counted = record.samples.filter { $0.second >= record.settings.settlingHours * 3600 }
        let errors = counted.map { $0.roomCelsius - $0.setpointCelsius }
        let count = Double(max(1, errors.count))
        meanErrorKelvin = errors.reduce(0, +) / count
        meanAbsoluteErrorKelvin = errors.reduce(0) { $0 + abs($1) } / count
        rootMeanSquareErrorKelvin = (errors.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
        overshootKelvin = max(0, errors.max() ?? 0)
        shareWithinHalfKelvin = Double(errors.count { abs($0) <= 0.5 }) / count
        heatKilowattHours = record.samples.last?.heatKilowattHours ?? 0
        valveCommands = record.valveCommands
        valveTravelPercent = record.valveTravelPercent
    }
}
