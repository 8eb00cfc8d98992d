/// Arithmetic for numbers from outside: results that would overflow, and end the process, stop at the type's bounds.
extension FixedWidthInteger {
    /// Creates the whole part of `value`, clamped to the type's bounds; 0 if `value` is NaN.
    @inlinable
    package init(saturating value: Double) {
        if let exact = Self(exactly: value.rounded(.towardZero)) {
            self = exact
        } else {
            self = value.isNaN ? 0 : value < 0 ? .min : .max
        }
    }

    /// Returns the sum, clamped to the type's bounds.
    @inlinable
    package func addingSaturating(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// Returns the difference, clamped to the type's bounds.
    @inlinable
    package func subtractingSaturating(_ other: Self) -> Self {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// Returns the product, clamped to the type's bounds.
    @inlinable
    package func multipliedSaturating(by factor: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? ((self < 0) != (factor < 0) ? .min : .max) : product
    }
}

extension Sequence where Element: FixedWidthInteger {
    /// Returns the sum of all elements. Once it passes a bound of the type, it continues from that bound.
    @inlinable
    package func saturatingSum() -> Element { reduce(0) { $0.addingSaturating($1) } }
}

extension Range where Bound: FixedWidthInteger {
    /// The number of values in the range, clamped to the type's bounds. Unlike this, `count` traps if the number
    /// exceeds `Int.max`.
    @inlinable
    package var saturatingCount: Bound { upperBound.subtractingSaturating(lowerBound) }
}
