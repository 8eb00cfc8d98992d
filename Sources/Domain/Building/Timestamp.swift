/// A moment of the calendar: whole milliseconds since 1970-01-01 00:00 UTC, leap seconds not counted.
///
/// Always within `bounds`, so that sums and differences of moments, and their conversion to microseconds, cannot
/// overflow, whatever number a moment was made of.
package struct Timestamp: Hashable, Sendable, Comparable {
    /// Within `bounds`.
    package let millisecondsSince1970: Int64

    /// The furthest milliseconds before and after 1970 that a moment can be: 285,000 years. Up to there every whole
    /// number is exact as a `Double` as well.
    package static let bounds: ClosedRange<Int64> = -(1 << 53)...(1 << 53)

    /// Beyond `bounds`, the nearest moment within.
    package init(millisecondsSince1970: Int64) {
        self.millisecondsSince1970 = min(max(millisecondsSince1970, Self.bounds.lowerBound), Self.bounds.upperBound)
    }

    /// Beyond `bounds`, the nearest moment within; the epoch if it is not a number.
    package init(secondsSince1970: Double) {
        self.init(millisecondsSince1970: Int64(saturating: (secondsSince1970 * 1000).rounded()))
    }

    /// Beyond `bounds`, the nearest moment within.
    package init(wholeSecondsSince1970 seconds: Int64) {
        self.init(millisecondsSince1970: seconds.multipliedSaturating(by: 1000))
    }

    package var secondsSince1970: Double { Double(millisecondsSince1970) / 1000 }

    /// Whole seconds, rounded towards the past.
    package var wholeSecondsSince1970: Int64 {
        let (quotient, remainder) = millisecondsSince1970.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The times that a reading can have at all: 1970 up to 2100. Anything else is a decoding mistake, not a clock that
    /// is a little wrong.
    package static let representable =
        Timestamp(millisecondsSince1970: 0)..<Timestamp(millisecondsSince1970: 4_102_444_800_000)

    /// A moment as a message from outside has it.
    ///
    /// - Parameter milliseconds: since 1970.
    /// - Returns: `nil` if that is not within `representable`.
    package init?(representableMilliseconds milliseconds: Int64) {
        let time = Timestamp(millisecondsSince1970: milliseconds)
        guard Self.representable.contains(time) else { return nil }
        self = time
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.millisecondsSince1970 < right.millisecondsSince1970
    }

    /// The moment so much later; beyond `bounds`, the nearest within.
    package func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds.multipliedSaturating(by: 1000)
            .addingSaturating(attoseconds / 1_000_000_000_000_000)
        return Timestamp(millisecondsSince1970: millisecondsSince1970.addingSaturating(milliseconds))
    }
}

extension Timestamp: Codable {
    private enum CodingKeys: String, CodingKey { case millisecondsSince1970 }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(millisecondsSince1970: try container.decode(Int64.self, forKey: .millisecondsSince1970))
    }
}
