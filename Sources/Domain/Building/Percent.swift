/// How far a valve is open: whole percent, 0 (shut) to 100 (fully open). Other values cannot be made.
package struct PercentOpen: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let percent: Int

    /// The nearest possible opening. What is not a number becomes shut.
    package init(clamping value: Double) {
        percent = value.isNaN ? 0 : Int(min(100, max(0, value)).rounded())
    }

    package init(clamping value: Int) {
        percent = min(100, max(0, value))
    }

    package static let shut = PercentOpen(clamping: 0)

    package var description: String { "\(percent) %" }

    package static func < (left: PercentOpen, right: PercentOpen) -> Bool { left.percent < right.percent }

    package init(from decoder: any Decoder) throws {
        self.init(clamping: try decoder.singleValueContainer().decode(Int.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(percent)
    }
}
