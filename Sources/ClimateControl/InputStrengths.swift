/// How strongly what is known to work on a room does so: learned from ordinary operation, and bounded.
///
/// Recursive least squares whose parameters may wander a little (Ljung, "System Identification", 1999, section 11.2),
/// on the room model's prediction errors. Errors that are far larger than usual count only as if they were large: they
/// come from what the model knows nothing of.
struct InputStrengths: Sendable, Hashable {
    /// What a radiator can do, in K of fast warming per % of opening.
    static let openingRange = 0.012...0.25
    /// What present people and what they switch on can do, in K.
    static let presenceRange = 0.0...1.5
    /// What the outdoor temperature can do, in K per K.
    static let outdoorRange = -0.05...0.3

    private static let start = [0.05, 0.3, 0.05]
    private static let startVariances = [0.03 * 0.03, 0.3 * 0.3, 0.05 * 0.05]
    /// How far a strength may wander in a minute, as a variance: about as far as at the start within ten days.
    private static let wander = startVariances.map { $0 / 14_400 }
    /// The variance of prediction errors, in K². Errors follow one another, which makes ten of them worth one.
    private static let errorVariance = 10 * 2.5e-3
    private static let largestError = 0.15

    private(set) var values: [Double]
    private var covariance: [[Double]]

    /// - Parameter known: What was learned before a restart, by opening, presence, outdoor temperature; `nil` or
    ///   anything else for a room that is met for the first time.
    init(known: [Double]? = nil) {
        let isKnown = known?.count == Self.start.count
        values = isKnown ? known ?? Self.start : Self.start
        let variances = Self.startVariances.map { isKnown ? $0 / 4 : $0 }
        covariance = (0..<3).map { row in (0..<3).map { row == $0 ? variances[row] : 0 } }
        values = bounded
    }

    var opening: Double { values[0] }
    var presence: Double { values[1] }
    var outdoor: Double { values[2] }

    /// - Parameter error: What was measured, less what the model had predicted without any input, in K.
    /// - Parameter regressors: What a strength of one of each input would have added, in K.
    mutating func learn(error: Double, regressors: [Double]) {
        let reach = (0..<3).map { row in (0..<3).reduce(0) { $0 + covariance[row][$1] * regressors[$1] } }
        let variance = Self.errorVariance + (0..<3).reduce(0) { $0 + regressors[$1] * reach[$1] }
        let surprise = (error - (0..<3).reduce(0) { $0 + values[$1] * regressors[$1] })
            .limited(to: -Self.largestError...Self.largestError, else: 0)
        guard variance.isFinite, variance > 0 else { return }
        for row in 0..<3 {
            values[row] += reach[row] / variance * surprise
            for column in 0..<3 { covariance[row][column] -= reach[row] * reach[column] / variance }
            covariance[row][row] = min(covariance[row][row] + Self.wander[row], Self.startVariances[row])
        }
        values = bounded
    }

    private var bounded: [Double] {
        [
            values[0].limited(to: Self.openingRange, else: Self.start[0]),
            values[1].limited(to: Self.presenceRange, else: Self.start[1]),
            values[2].limited(to: Self.outdoorRange, else: Self.start[2]),
        ]
    }
}
