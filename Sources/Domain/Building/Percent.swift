/// The opening of a valve in whole percent, 0 (shut) to 100 (fully open). Other values cannot be made.
package struct PercentOpen: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    /// The opening in %, 0…100.
    package let percent: Int

    /// Creates the nearest possible opening; NaN becomes shut.
    package init(clamping value: Double) {
        percent = value.isNaN ? 0 : Int(min(100, max(0, value)).rounded())
    }

    /// Creates the nearest possible opening.
    package init(clamping value: Int) {
        percent = min(100, max(0, value))
    }

    /// A shut valve, 0 %.
    package static let shut = PercentOpen(clamping: 0)

    package var description: String { "\(percent) %" }

    package static func < (left: PercentOpen, right: PercentOpen) -> Bool { left.percent < right.percent }

    /// Decodes a whole number; values outside 0…100 are clamped.
    package init(from decoder: any Decoder) throws {
        self.init(clamping: try decoder.singleValueContainer().decode(Int.self))
    }

    /// Encodes the opening as a whole number.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(percent)
    }
}
