/// A moment of the calendar: whole milliseconds since 1970-01-01 00:00 UTC, leap seconds not counted.
///
/// Always within `bounds`, so that sums and differences of moments, and their conversion to microseconds, cannot
/// overflow, whatever number a moment was created from.
package struct Timestamp: Hashable, Sendable, Comparable {
    /// Milliseconds since 1970, within `bounds`.
    package let millisecondsSince1970: Int64

    /// The range of milliseconds before and after 1970: 285,000 years. Within it, every whole number is exact as a
    /// `Double` too.
    package static let bounds: ClosedRange<Int64> = -(1 << 53)...(1 << 53)

    /// Creates a moment, clamped to `bounds`.
    package init(millisecondsSince1970: Int64) {
        self.millisecondsSince1970 = min(max(millisecondsSince1970, Self.bounds.lowerBound), Self.bounds.upperBound)
    }

    /// Creates a moment, rounded to milliseconds and clamped to `bounds`; the epoch if the number is NaN.
    package init(secondsSince1970: Double) {
        self.init(millisecondsSince1970: Int64(saturating: (secondsSince1970 * 1000).rounded()))
    }

    /// Creates a moment, clamped to `bounds`.
    package init(wholeSecondsSince1970 seconds: Int64) {
        self.init(millisecondsSince1970: seconds.multipliedSaturating(by: 1000))
    }

    /// Seconds since 1970, with milliseconds as the fraction.
    package var secondsSince1970: Double { Double(millisecondsSince1970) / 1000 }

    /// Whole seconds since 1970, rounded towards the past.
    package var wholeSecondsSince1970: Int64 {
        let (quotient, remainder) = millisecondsSince1970.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The range of times that a reading can have: 1970 up to 2100. Anything else is a decoding error, not a clock that
    /// is slightly off.
    package static let representable =
        Timestamp(millisecondsSince1970: 0)..<Timestamp(millisecondsSince1970: 4_102_444_800_000)

    /// Creates a moment from a message from outside; `nil` if it is not within `representable`.
    ///
    /// - Parameter milliseconds: Milliseconds since 1970.
    package init?(representableMilliseconds milliseconds: Int64) {
        let time = Timestamp(millisecondsSince1970: milliseconds)
        guard Self.representable.contains(time) else { return nil }
        self = time
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.millisecondsSince1970 < right.millisecondsSince1970
    }

    /// Returns the moment that is `duration` later, clamped to `bounds`.
    package func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds.multipliedSaturating(by: 1000)
            .addingSaturating(attoseconds / 1_000_000_000_000_000)
        return Timestamp(millisecondsSince1970: millisecondsSince1970.addingSaturating(milliseconds))
    }
}

extension Timestamp: Codable {
    private enum CodingKeys: String, CodingKey { case millisecondsSince1970 }

    /// Decodes a moment; values beyond `bounds` are clamped.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(millisecondsSince1970: try container.decode(Int64.self, forKey: .millisecondsSince1970))
    }
}
