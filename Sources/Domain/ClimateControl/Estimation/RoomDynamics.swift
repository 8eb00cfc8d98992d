import Foundation

/// The lags of the room model, and the trust of its filter in the sensors.
enum Dynamics {
    /// The time constant with which a radiator warms up, s.
    static let radiatorSeconds = 900.0
    /// The time constant with which the air follows the radiator, held back by the walls' surfaces, s.
    static let airSeconds = 1500.0
    /// The time constant with which the sensors follow the air, s.
    static let sensorSeconds = 270.0
    /// The time constant with which the presence of people comes to count in full, s: of the visits that a real sensor
    /// saw in a month, half were over within 26 min, and the mean was 52.
    static let presenceSeconds = 2400.0

    /// The share of the remaining distance that each state covers in one step.
    static let rates = (
        radiator: share(radiatorSeconds), air: share(airSeconds), sensor: share(sensorSeconds),
        presence: share(presenceSeconds)
    )

    private static func share(_ seconds: Double) -> Double { 1 - exp(-RoomModel.stepSeconds / seconds) }

    // The random change of each state in a minute, as variances, K²: small in all but the base.
    private static let sensedChance = 1e-5
    private static let airChance = 1e-5
    private static let heatChance = 1e-5
    private static let baseChance = 6e-4
    /// The variance of a minute's fused temperature around the truth, K²: noise, steps of tenths, sensor placement.
    static let measurementVariance = 4e-3

    /// The steady-state Kalman gain for sensed, air, heat and base, from iterating the Riccati equation until it
    /// converges.
    static let gain: [Double] = {
        let (r, a, s) = (rates.radiator, rates.air, rates.sensor)
        let transition = [
            [1 - s, s, 0, 0],
            [0, 1 - a, a, a],
            [0, 0, 1 - r, 0],
            [0, 0, 0, 1],
        ]
        let chance = [sensedChance, airChance, heatChance, baseChance]
        var covariance = (0..<4).map { row in (0..<4).map { row == $0 ? 1.0 : 0 } }
        var gain = [0.0, 0, 0, 0]
        for _ in 0..<3000 {
            var predicted = product(product(transition, covariance), transposed(transition))
            for index in 0..<4 { predicted[index][index] += chance[index] }
            let variance = predicted[0][0] + measurementVariance
            gain = (0..<4).map { predicted[$0][0] / variance }
            covariance = (0..<4).map { row in
                (0..<4).map { predicted[row][$0] - gain[row] * predicted[0][$0] }
            }
        }
        return gain
    }()

    private static func product(_ left: [[Double]], _ right: [[Double]]) -> [[Double]] {
        left.map { row in
            right[0].indices.map { column in row.indices.reduce(0) { $0 + row[$1] * right[$1][column] } }
        }
    }

    private static func transposed(_ matrix: [[Double]]) -> [[Double]] {
        matrix[0].indices.map { column in matrix.map { $0[column] } }
    }
}
