import Building

/// What several sensors say together about one room.
struct Verdict: Sendable, Hashable {
    var celsius: Double
    /// How many sensors it rests on.
    var votes: Int
    /// How many plausible sensors disagreed too far with the others to be counted.
    var outvoted: Int

    /// The median of `values` after those are set aside that lie far from it.
    ///
    /// Far is more than `cutoff` times the scaled median absolute deviation, as Iglewicz and Hoaglin recommend ("How
    /// to Detect and Handle Outliers", ASQC 1993), and at least `agreementKelvin`: sensors in one room differ by
    /// their places. Up to two wrong sensors of five move the result no further than the right ones spread.
    ///
    /// `nil` where there are no values. All values have to be finite.
    init?(of values: [Double]) {
        guard let middle = Self.median(values) else { return nil }
        guard values.count >= 3, let deviation = Self.median(values.map { abs($0 - middle) }) else {
            self.init(celsius: middle, votes: values.count, outvoted: 0)
            return
        }
        let limit = max(Self.agreementKelvin, Self.cutoff * deviation / Self.normalConsistency)
        let kept = values.filter { abs($0 - middle) <= limit }
        self.init(
            celsius: Self.median(kept) ?? middle, votes: kept.count, outvoted: values.count - kept.count)
    }

    private init(celsius: Double, votes: Int, outvoted: Int) {
        self.celsius = celsius
        self.votes = votes
        self.outvoted = outvoted
    }

    /// `good` only when every expected sensor has taken part.
    func quality(expecting count: Int) -> Quality {
        outvoted == 0 && votes >= count ? .good : .degraded
    }

    private static let agreementKelvin = 1.5
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
