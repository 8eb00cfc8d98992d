extension Comparable {
    /// Returns the nearest value within `range`.
    func limited(to range: ClosedRange<Self>) -> Self {
        min(range.upperBound, max(range.lowerBound, self))
    }
}

extension Double {
    /// Returns the nearest value within `range`; `fallback` for NaN.
    func limited(to range: ClosedRange<Double>, else fallback: Double) -> Double {
        isNaN ? fallback : limited(to: range)
    }
}
