/// How far a valve is open: whole percent, 0 (shut) to 100 (fully open). Other values cannot be made.
public struct PercentOpen: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    public let percent: Int

    /// The nearest possible opening. What is not a number becomes shut.
    public init(clamping value: Double) {
        percent = value.isNaN ? 0 : Int(min(100, max(0, value)).rounded())
    }

    public init(clamping value: Int) {
        percent = min(100, max(0, value))
    }

    public static let shut = PercentOpen(clamping: 0)

    public var description: String { "\(percent) %" }

    public static func < (left: PercentOpen, right: PercentOpen) -> Bool { left.percent < right.percent }

    public init(from decoder: any Decoder) throws {
        self.init(clamping: try decoder.singleValueContainer().decode(Int.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(percent)
    }
}
