extension Comparable {
    /// The nearest value within `range`.
    func limited(to range: ClosedRange<Self>) -> Self {
        min(range.upperBound, max(range.lowerBound, self))
    }
}

extension Double {
    /// The nearest value within `range`; `fallback` for what is not a number.
    func limited(to range: ClosedRange<Double>, else fallback: Double) -> Double {
        isNaN ? fallback : limited(to: range)
    }
}
