/// The encoding of numbers as decimal mantissas. Sensors send decimal numbers with few digits; as whole numbers of the
/// last digit they differ little from one reading to the next, which keeps a batch small.
enum DecimalColumn {
    /// The maximum number of digits after the point. A series that needs more is sent as raw IEEE 754 numbers.
    static let mostDigits: UInt8 = 9
    /// The value that denotes “raw” in place of a number of digits.
    static let raw: UInt8 = 0xFF

    private static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
    /// The bound below which every whole number is exact as a `Double`.
    private static let largestMantissa = 9_007_199_254_740_992.0

    /// Returns `value` as a whole number of 10^-digits; `nil` if that would not read back as the same number.
    static func mantissa(of value: Double, digits: UInt8) -> Int64? {
        let scaled = (value * powers[Int(digits)]).rounded()
        guard abs(scaled) < largestMantissa else { return nil }
        let mantissa = Int64(scaled)
        guard Self.value(mantissa: mantissa, digits: digits).bitPattern == value.bitPattern else { return nil }
        return mantissa
    }

    static func value(mantissa: Int64, digits: UInt8) -> Double { Double(mantissa) / powers[Int(digits)] }

    /// Returns the least number of digits after the point, at least `start`, that reproduces `value`; `raw` if there is
    /// none.
    static func digits(for value: Double, from start: UInt8) -> UInt8 {
        guard start != raw else { return raw }
        return (start...mostDigits).first { mantissa(of: value, digits: $0) != nil } ?? raw
    }
}
