/// Arithmetic for numbers that came from outside: what would overflow, and end the process, stops at the type's bounds.
extension FixedWidthInteger {
    /// The whole number of `value`, its fraction cut off; at the type's bounds beyond them, 0 if it is not a number.
    @inlinable
    package init(saturating value: Double) {
        if let exact = Self(exactly: value.rounded(.towardZero)) {
            self = exact
        } else {
            self = value.isNaN ? 0 : value < 0 ? .min : .max
        }
    }

    /// The sum, or the bound that it passes.
    @inlinable
    package func addingSaturating(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, or the bound that it passes.
    @inlinable
    package func subtractingSaturating(_ other: Self) -> Self {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// The product, or the bound that it passes.
    @inlinable
    package func multipliedSaturating(by factor: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? ((self < 0) != (factor < 0) ? .min : .max) : product
    }
}

extension Sequence where Element: FixedWidthInteger {
    /// The sum of all elements; once it passes a bound of the type, that bound.
    @inlinable
    package func saturatingSum() -> Element { reduce(0) { $0.addingSaturating($1) } }
}

extension Range where Bound: FixedWidthInteger {
    /// How many numbers the range holds. `count` traps if they are more than an `Int` can count.
    @inlinable
    package var saturatingCount: Bound { upperBound.subtractingSaturating(lowerBound) }
}
