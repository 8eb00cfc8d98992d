/// What several sensors say together about one room.
struct FusedTemperature: Sendable, Hashable {
    var celsius: Double
    /// For each value put in, whether it was near enough to the others to be believed.
    var isBelieved: [Bool]

    /// The mean of those `values` that lie close to their median.
    ///
    /// A value has no say when it is further from the median than `cutoff` times the scaled median absolute deviation,
    /// as Iglewicz and Hoaglin recommend ("How to Detect and Handle Outliers", ASQC 1993), and at least
    /// `agreementKelvin`: sensors in one room differ by their places. Of those believed only the ones within
    /// `closeKelvin` of the median are averaged, which takes out noise and steps, and still bounds what two wrong
    /// sensors of five can do: the median stays between right ones, and the mean within `closeKelvin` of it.
    ///
    /// `nil` where there are no values. All values have to be finite.
    init?(of values: [Double]) {
        guard let median = Self.median(values) else { return nil }
        var limit = Double.infinity
        if values.count >= 3, let deviation = Self.median(values.map { abs($0 - median) }) {
            limit = max(Self.agreementKelvin, Self.cutoff * deviation / Self.normalConsistency)
        }
        isBelieved = values.map { abs($0 - median) <= limit }
        let close = values.filter { abs($0 - median) <= Self.closeKelvin }
        // Differences are averaged: sums of huge values would lose the small ones.
        celsius = close.isEmpty ? median : median + close.reduce(0) { $0 + ($1 - median) } / Double(close.count)
    }

    /// How many values were too far from the others to be believed.
    var outvoted: Int { isBelieved.count { !$0 } }

    private static let agreementKelvin = 1.2
    private static let closeKelvin = 0.3
    private static let cutoff = 3.5
    /// Makes the median absolute deviation of a normal distribution its standard deviation.
    private static let normalConsistency = 0.6745

    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let upper = sorted[sorted.count / 2]
        guard sorted.count.isMultiple(of: 2) else { return upper }
        let lower = sorted[sorted.count / 2 - 1]
        return lower + (upper - lower) / 2
    }
}
