extension Double {
    /// To nine digits after the point, which is finer than any sensor and coarser than what sums of binary fractions
    /// leave behind.
    package var withoutNoise: Double {
        guard magnitude < 1e6 else { return self }
        return (self * 1e9).rounded() / 1e9
    }
}
