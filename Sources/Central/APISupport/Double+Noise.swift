extension Double {
    /// The value rounded to nine decimal places, which is finer than any sensor and coarser than the rounding errors of
    /// binary sums.
    package var withoutNoise: Double {
        guard magnitude < 1e6 else { return self }
        return (self * 1e9).rounded() / 1e9
    }
}
