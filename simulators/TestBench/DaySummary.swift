/// A summary of how well a run was controlled, after the room has settled.
///
/// Errors refer to the room's true temperature, so they include the errors of the sensors.
package struct DaySummary: Sendable, Hashable, Codable {
    /// The mean of room minus set-point, in K: positive if the room was too warm.
    package var meanErrorKelvin: Double
    /// The mean absolute error, in K.
    package var meanAbsoluteErrorKelvin: Double
    /// The root mean square of the error, in K.
    package var rootMeanSquareErrorKelvin: Double
    /// The maximum of room minus set-point, in K, at least 0.
    package var overshootKelvin: Double
    /// The share of time within half a kelvin of the set-point, 0…1.
    package var shareWithinHalfKelvin: Double
    /// The heat drawn by the radiator in the whole run, settling included.
    package var heatKilowattHours: Double
    /// The number of commands to the valve in the whole run.
    package var valveCommands: Int
    /// The sum of all commanded valve moves in the whole run, in %.
    package var valveTravelPercent: Int

    /// Creates the summary of a record.
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
