/// The temperature of one room, fused from several sensors.
struct FusedTemperature: Sendable, Hashable {
    /// The fused temperature, °C.
    var celsius: Double
    /// For each input value, whether it was close enough to the others to be believed.
    var isBelieved: [Bool]

    /// Creates the mean of those `values` that lie close to their median; `nil` if there are no values. All values must
    /// be finite.
    ///
    /// A value is outvoted if it is further from the median than `cutoff` times the scaled median absolute deviation,
    /// as Iglewicz and Hoaglin recommend ("How to Detect and Handle Outliers", ASQC 1993), and further than
    /// `agreementKelvin`, since sensors in one room differ by their places. Of those believed, only values within
    /// `closeKelvin` of the median are averaged, which removes noise and steps, and still bounds the influence of two
    /// wrong sensors of five: the median stays between right ones, and the mean within `closeKelvin` of it.
    init?(of values: [Double]) {
        guard let median = Self.median(values) else { return nil }
        var limit = Double.infinity
        if values.count >= 3, let deviation = Self.median(values.map { abs($0 - median) }) {
            limit = max(Self.agreementKelvin, Self.cutoff * deviation / Self.normalConsistency)
        }
        isBelieved = values.map { abs($0 - median) <= limit }
        let close = values.filter { abs($0 - median) <= Self.closeKelvin }
        // Average the differences: sums of huge values would lose small ones.
        celsius = close.isEmpty ? median : median + close.reduce(0) { $0 + ($1 - median) } / Double(close.count)
    }

    /// The number of values that were too far from the others to be believed.
    var outvoted: Int { isBelieved.count { !$0 } }

    private static let agreementKelvin = 1.2
    private static let closeKelvin = 0.3
    private static let cutoff = 3.5
    /// The ratio of the median absolute deviation of a normal distribution to its standard deviation.
    private static let normalConsistency = 0.6745

    /// Returns the median; `nil` if there are no values.
    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let upper = sorted[sorted.count / 2]
        guard sorted.count.isMultiple(of: 2) else { return upper }
        let lower = sorted[sorted.count / 2 - 1]
        return lower + (upper - lower) / 2
    }
}
