import Foundation

/// The lags of the room model, and how far its filter believes the sensors.
enum Dynamics {
    /// How long a radiator takes to warm up.
    static let radiatorSeconds = 900.0
    /// How long the air takes to follow the radiator, held back by the walls' surfaces.
    static let airSeconds = 1500.0
    /// How long the sensors take to follow the air.
    static let sensorSeconds = 270.0
    /// How long people have to stay to be reckoned with: of the visits that a real sensor saw in a month, half were over
    /// within 26 min, and the mean was 52.
    static let presenceSeconds = 2400.0

    /// The share of the way that each state goes in one step.
    static let rates = (
        radiator: share(radiatorSeconds), air: share(airSeconds), sensor: share(sensorSeconds),
        presence: share(presenceSeconds)
    )

    private static func share(_ seconds: Double) -> Double { 1 - exp(-RoomModel.stepSeconds / seconds) }

    // What changes by chance in a minute, as variances in K²: little but the base.
    private static let sensedChance = 1e-5
    private static let airChance = 1e-5
    private static let heatChance = 1e-5
    private static let baseChance = 6e-4
    /// The variance of a minute's verdict around the truth, in K²: noise, steps of tenths, places.
    static let measurementVariance = 4e-3

    /// The steady Kalman gain for sensed, air, heat and base, from iterating the Riccati equation until it stands.
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
