/// The strengths with which known inputs act on a room: learned from ordinary operation, and bounded.
///
/// Recursive least squares with slowly wandering parameters (Ljung, "System Identification", 1999, section 11.2),
/// applied to the room model's prediction errors. The influence of unusually large errors is limited, since they come
/// from causes that the model does not know.
struct InputStrengths: Sendable, Hashable {
    /// The possible strength of a radiator, in K of fast warming per % of opening.
    static let openingRange = 0.012...8.0
    /// The strength up to which a room counts as ordinary. Beyond it, as behind a large emitter in a light building,
    /// everything that depends on the radiator's strength grows with it: the errors to expect, and how far a strength
    /// may wander.
    static let ordinaryOpening = 0.25
    /// The possible effect of present people and the appliances they switch on, K.
    static let presenceRange = 0.0...1.5
    /// The possible effect of the outdoor temperature, K per K.
    static let outdoorRange = -0.05...0.3

    private static let start = [0.05, 0.3, 0.05]
    private static let startVariances = [0.03 * 0.03, 0.3 * 0.3, 0.05 * 0.05]
    /// The time within which a strength may wander about as far as it is uncertain at the start: ten days in minutes.
    private static let wanderMinutes = 14_400.0
    /// The variance of prediction errors, K². Successive errors are correlated, which makes ten of them worth one.
    private static let errorVariance = 10 * 2.5e-3
    private static let largestError = 0.15
    /// The error within a minute from which a radiator counts as far stronger than assumed, K, provided that a move of
    /// the valve explains it.
    private static let outrageousError = 0.5
    /// The least effect of the valve's move that counts as an explanation, K for a strength of one.
    private static let leastEffect = 0.05
    /// The factor by which a strength grows at most in one such minute.
    private static let largestGrowth = 3.0

    private(set) var values: [Double]
    private var covariance: [[Double]]

    /// Creates the strengths of a room.
    ///
    /// - Parameter known: The strengths learned before a restart, by opening, presence, outdoor temperature; `nil` or
    ///   any other number of values for a room that is met for the first time.
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

    /// Updates the strengths from one prediction error.
    ///
    /// - Parameter error: The measurement, less the prediction without any input, K.
    /// - Parameter regressors: The change that each input would have caused at a strength of one, K.
    /// - Parameter isSettled: Whether the room has been followed for long enough to learn from small errors. Before
    ///   that, they come from the valve's moves before the room was met.
    /// - Returns: Whether the radiator has turned out to be far stronger than assumed.
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

    /// Sets the radiator's strength to a value learned elsewhere, within its range.
    mutating func adopt(opening: Double) {
        values[0] = opening
        values = bounded
        for other in 1..<3 { (covariance[0][other], covariance[other][0]) = (0, 0) }
    }

    /// The radiator's strength relative to an ordinary room, at least 1.
    private var liveliness: Double { max(1, values[0] / Self.ordinaryOpening) }

    /// The largest possible uncertainty of the radiator's strength, as a variance.
    private var openingVariance: Double {
        let deviation = 0.6 * (values[0] - 0.2)
        return max(Self.startVariances[0], deviation > 0 ? deviation * deviation : 0)
    }

    /// Raises the radiator's strength and makes it as uncertain as it can be.
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
