/// How strongly what is known to work on a room does so: learned from ordinary operation, and bounded.
///
/// Recursive least squares whose parameters may wander a little (Ljung, "System Identification", 1999, section 11.2),
/// on the room model's prediction errors. Errors that are far larger than usual count only as if they were large: they
/// come from what the model knows nothing of.
struct InputStrengths: Sendable, Hashable {
    /// What a radiator can do, in K of fast warming per % of opening.
    static let openingRange = 0.012...8.0
    /// Up to here a room is an ordinary one. Beyond, as behind a large emitter in a light building, all that depends on how
    /// strong the radiator is grows with it: what can be unexpected, and how far a strength may wander.
    static let ordinaryOpening = 0.25
    /// What present people and what they switch on can do, in K.
    static let presenceRange = 0.0...1.5
    /// What the outdoor temperature can do, in K per K.
    static let outdoorRange = -0.05...0.3

    private static let start = [0.05, 0.3, 0.05]
    private static let startVariances = [0.03 * 0.03, 0.3 * 0.3, 0.05 * 0.05]
    /// A strength may wander about as far as it is uncertain at the start within so many minutes, ten days.
    private static let wanderMinutes = 14_400.0
    /// The variance of prediction errors, in K². Errors follow one another, which makes ten of them worth one.
    private static let errorVariance = 10 * 2.5e-3
    private static let largestError = 0.15
    /// An error by so much within a minute, in K, that the valve's move can have made says that the radiator is far
    /// stronger than was thought…
    private static let outrageousError = 0.5
    /// …where the move is felt at all, in K for a strength of one…
    private static let leastEffect = 0.05
    /// …but for each such minute no stronger than by this factor.
    private static let largestGrowth = 3.0

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
    /// - Parameter isSettled: Whether the room has been followed for long enough to learn from small errors: before, they
    ///   come from what the valve did before it was met.
    /// - Returns: Whether the radiator has turned out to be far stronger than was thought.
    @discardableResult
    mutating func learn(error: Double, regressors: [Double], isSettled: Bool = true) -> Bool {
        let unlimited = error - (0..<3).reduce(0) { $0 + values[$1] * regressors[$1] }
        if abs(unlimited) >= Self.outrageousError * liveliness, abs(regressors[0]) >= Self.leastEffect,
            unlimited * regressors[0] > 0
        {
            grow(to: values[0] + unlimited / regressors[0])
            return true
        }
        guard isSettled else { return false }
        let reach = (0..<3).map { row in (0..<3).reduce(0) { $0 + covariance[row][$1] * regressors[$1] } }
        let variance =
            Self.errorVariance * liveliness * liveliness + (0..<3).reduce(0) { $0 + regressors[$1] * reach[$1] }
        let limit = Self.largestError * liveliness
        let surprise = unlimited.limited(to: -limit...limit, else: 0)
        guard variance.isFinite, variance > 0 else { return false }
        for row in 0..<3 {
            values[row] += reach[row] / variance * surprise
            for column in 0..<3 { covariance[row][column] -= reach[row] * reach[column] / variance }
            let largest = row == 0 ? openingVariance : Self.startVariances[row]
            covariance[row][row] = min(covariance[row][row] + largest / Self.wanderMinutes, largest)
        }
        values = bounded
        return false
    }

    /// Takes the radiator to be this strong.
    mutating func adopt(opening: Double) {
        values[0] = opening
        values = bounded
        for other in 1..<3 { (covariance[0][other], covariance[other][0]) = (0, 0) }
    }

    /// How much stronger than in an ordinary room the radiator is: 1 in those.
    private var liveliness: Double { max(1, values[0] / Self.ordinaryOpening) }

    /// How uncertain the radiator's strength can be at most, as a variance.
    private var openingVariance: Double {
        let deviation = 0.6 * (values[0] - 0.2)
        return max(Self.startVariances[0], deviation > 0 ? deviation * deviation : 0)
    }

    /// Takes the radiator for stronger, and for as uncertain as it can be.
    private mutating func grow(to strength: Double) {
        values[0] = min(strength, Self.largestGrowth * values[0])
        values = bounded
        for other in 1..<3 { (covariance[0][other], covariance[other][0]) = (0, 0) }
        covariance[0][0] = openingVariance
    }

    private var bounded: [Double] {
        [
            values[0].limited(to: Self.openingRange, else: Self.start[0]),
            values[1].limited(to: Self.presenceRange, else: Self.start[1]),
            values[2].limited(to: Self.outdoorRange, else: Self.start[2]),
        ]
    }
}
