/// The number that a gateway's store assigned to a reading, as it is sent over a wire: 1…2^53.
///
/// Up to there, every program reads JSON's numbers as whole, and a store that numbers a million readings a second needs
/// 285 years to get there.
package struct ReadingNumber: Hashable, Sendable, Comparable {
    /// The number, within `range`.
    package let value: Int64

    /// The possible numbers.
    package static let range: ClosedRange<Int64> = 1...(1 << 53)

    /// Creates a number; `nil` if `value` is not within `range`.
    package init?(_ value: Int64) {
        guard Self.range.contains(value) else { return nil }
        self.value = value
    }

    /// Creates the number nearest to `value`.
    package init(clamping value: Int64) {
        self.value = Swift.min(Swift.max(value, Self.range.lowerBound), Self.range.upperBound)
    }

    /// The lowest number, 1.
    package static let min = ReadingNumber(clamping: range.lowerBound)
    /// The highest number, 2^53.
    package static let max = ReadingNumber(clamping: range.upperBound)

    package static func < (left: ReadingNumber, right: ReadingNumber) -> Bool { left.value < right.value }
}

extension ReadingNumber: ExpressibleByIntegerLiteral {
    /// Creates a number from a literal; traps if it is not within `range`.
    package init(integerLiteral value: Int64) {
        precondition(Self.range.contains(value), "\(value) must be in \(Self.range)")
        self.value = value
    }
}

/// A number of items as it is sent over a wire: 0…2^53.
package struct Count: Hashable, Sendable, Comparable {
    /// The number, within `range`.
    package let value: Int64

    /// The possible numbers.
    package static let range: ClosedRange<Int64> = 0...(1 << 53)

    /// Creates a count; `nil` if `value` is not within `range`.
    package init?(_ value: Int64) {
        guard Self.range.contains(value) else { return nil }
        self.value = value
    }

    /// Creates the count nearest to `value`.
    package init(clamping value: Int64) {
        self.value = Swift.min(Swift.max(value, Self.range.lowerBound), Self.range.upperBound)
    }

    /// The lowest count, 0.
    package static let min = Count(clamping: range.lowerBound)
    /// The highest count, 2^53.
    package static let max = Count(clamping: range.upperBound)

    package static func < (left: Count, right: Count) -> Bool { left.value < right.value }
}

extension Count: ExpressibleByIntegerLiteral {
    /// Creates a count from a literal; traps if it is not within `range`.
    package init(integerLiteral value: Int64) {
        precondition(Self.range.contains(value), "\(value) must be in \(Self.range)")
        self.value = value
    }
}

/// A moment as it is sent over a wire: whole milliseconds since 1970, within `Timestamp.representable`.
package struct WireTime: Hashable, Sendable {
    /// The moment, within `Timestamp.representable`.
    package let time: Timestamp

    /// Creates a wire time; `nil` if `time` is not within `Timestamp.representable`.
    package init?(_ time: Timestamp) {
        guard Timestamp.representable.contains(time) else { return nil }
        self.time = time
    }
}

extension ReadingNumber: Codable {
    /// Decodes a whole number; throws `DecodingError.dataCorrupted` if it is not within `range`.
    package init(from decoder: any Decoder) throws {
        self = try decoder.checked(Int64.self, "must be the number of a reading, 1 to 2^53") { Self($0) }
    }

    /// Encodes the number.
    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension Count: Codable {
    /// Decodes a whole number; throws `DecodingError.dataCorrupted` if it is not within `range`.
    package init(from decoder: any Decoder) throws {
        self = try decoder.checked(Int64.self, "must be a count, 0 to 2^53") { Self($0) }
    }

    /// Encodes the number.
    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension WireTime: Codable {
    /// Decodes milliseconds since 1970; throws `DecodingError.dataCorrupted` if they are not representable.
    package init(from decoder: any Decoder) throws {
        self = try decoder.checked(Int64.self, "must be a time from 1970 to 2099 in milliseconds") {
            Timestamp(representableMilliseconds: $0).flatMap(Self.init)
        }
    }

    /// Encodes milliseconds since 1970.
    package func encode(to encoder: any Encoder) throws { try time.millisecondsSince1970.encode(to: encoder) }
}

extension Decoder {
    /// Decodes a single value that must pass a check.
    ///
    /// - Parameter complaint: The error message for a value that fails, to follow the value: `is not a count`.
    fileprivate func checked<Raw: Decodable & CustomStringConvertible, Value>(
        _ type: Raw.Type, _ complaint: String, _ check: (Raw) -> Value?
    ) throws -> Value {
        let container = try singleValueContainer()
        let raw = try container.decode(type)
        guard let value = check(raw) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(raw) \(complaint)")
        }
        return value
    }
}
