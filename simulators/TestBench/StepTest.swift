import Foundation
package import RoomPhysics

/// The step test by which an engineer tunes a PI controller for one room: hold the room, move the valve by ten percent,
/// watch for three hours, fit a lag with dead time, and derive the gains from Skogestad's rules.
package struct StepTest: Sendable, Hashable {
    private static let holdingDays = 3.0
    private static let bumpPercent = 10
    private static let watchedMinutes = 180
    private static let sensorLagSeconds = 270.0

    /// The warming of the room per percent of opening, in K.
    package var gain: Double
    /// The time constant of the fitted lag, in s.
    package var lagSeconds: Double
    /// The fitted dead time, in s.
    package var deadSeconds: Double

    /// Performs the test in a simulated room.
    ///
    /// - Parameter outdoorCelsius: the outdoor temperature during the test, constant and without sun.
    package init(of parameters: RoomParameters, outdoorCelsius: Double = 0) {
        let response = Self.response(of: parameters, outdoorCelsius: outdoorCelsius)
        var best = (error: Double.infinity, gain: 0.01, lag: 1800.0, dead: 600.0)
        for dead in stride(from: 120.0, through: 2400, by: 60) {
            for lag in stride(from: 600.0, through: 9000, by: 120) {
                let shape = (1...Self.watchedMinutes).map { 1 - exp(-max(0, Double($0) * 60 - dead) / lag) }
                let square = shape.reduce(0) { $0 + $1 * $1 }
                let height = zip(shape, response).reduce(0) { $0 + $1.0 * $1.1 } / square
                let error = zip(shape, response).reduce(0) { $0 + pow(height * $1.0 - $1.1, 2) }
                if error < best.error { best = (error, height, lag, dead) }
            }
        }
        gain = max(1e-3, best.gain)
        lagSeconds = best.lag
        deadSeconds = best.dead
    }

    /// Returns the gains for a closed loop whose time constant is `slowness` times the dead time: 1 is Skogestad's
    /// proposal for tight control ("Simple analytic rules for model reduction and PID controller tuning", J. Process
    /// Control 13, 2003).
    package func tuning(slowness: Double) -> PITuning {
        let closedLoop = slowness * deadSeconds
        return PITuning(
            gainPercentPerKelvin: lagSeconds / (gain * (closedLoop + deadSeconds)),
            integralSeconds: min(lagSeconds, 4 * (closedLoop + deadSeconds)))
    }

    /// Returns the rise of the sensors per percent of the bump, minute by minute, in K.
    private static func response(of parameters: RoomParameters, outdoorCelsius: Double) -> [Double] {
        let surroundings = ThermalRoom.Surroundings(
            outdoorCelsius: outdoorCelsius, supplyCelsius: HeatingCurve().supplyCelsius(outdoorCelsius: outdoorCelsius),
            sun: 0, internalGain: 60)
        var room = ThermalRoom(parameters: parameters, airCelsius: 22, structureCelsius: 21, valvePercent: 40)
        var sensed = room.airCelsius
        func live(_ room: inout ThermalRoom) {
            room.advance(seconds: 60, in: surroundings)
            sensed += (1 - exp(-60 / sensorLagSeconds)) * (room.airCelsius - sensed)
        }
        var holding = ProportionalIntegral(PITuning(gainPercentPerKelvin: 8, integralSeconds: 5400))
        var level = 40
        for _ in 0..<Int(holdingDays * 1440) {
            level = Int(holding.output(errorKelvin: 22 - sensed, seconds: 60).rounded())
            room.valve.move(toPercent: level)
            live(&room)
        }
        let start = sensed
        // If the valve is nearly open already, it is moved the other way.
        let bump = level > 80 ? -bumpPercent : bumpPercent
        room.valve.move(toPercent: level + bump)
        return (0..<watchedMinutes).map { _ in
            live(&room)
            return (sensed - start) / Double(bump)
        }
    }
}
