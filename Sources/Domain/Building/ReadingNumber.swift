/// The number that a gateway's store gave to a reading, as it comes over a wire: 1…2^53.
///
/// JSON's numbers are whole up to there in every program, and a store that numbers a million readings a second needs
/// 285 years to get there.
package struct ReadingNumber: Hashable, Sendable, Comparable {
    package let value: Int64

    package static let range: ClosedRange<Int64> = 1...(1 << 53)

    /// - Returns: `nil` if `value` is not within `range`.
    package init?(_ value: Int64) {
        guard Self.range.contains(value) else { return nil }
        self.value = value
    }

    /// The nearest that there is.
    package init(clamping value: Int64) {
        self.value = Swift.min(Swift.max(value, Self.range.lowerBound), Self.range.upperBound)
    }

    package static let min = ReadingNumber(clamping: range.lowerBound)
    package static let max = ReadingNumber(clamping: range.upperBound)

    package static func < (left: ReadingNumber, right: ReadingNumber) -> Bool { left.value < right.value }
}

extension ReadingNumber: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) {
        precondition(Self.range.contains(value), "\(value) is not within \(Self.range)")
        self.value = value
    }
}

/// How many of something there are, as it comes over a wire: 0…2^53.
package struct Count: Hashable, Sendable, Comparable {
    package let value: Int64

    package static let range: ClosedRange<Int64> = 0...(1 << 53)

    /// - Returns: `nil` if `value` is not within `range`.
    package init?(_ value: Int64) {
        guard Self.range.contains(value) else { return nil }
        self.value = value
    }

    /// The nearest that there is.
    package init(clamping value: Int64) {
        self.value = Swift.min(Swift.max(value, Self.range.lowerBound), Self.range.upperBound)
    }

    package static let min = Count(clamping: range.lowerBound)
    package static let max = Count(clamping: range.upperBound)

    package static func < (left: Count, right: Count) -> Bool { left.value < right.value }
}

extension Count: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) {
        precondition(Self.range.contains(value), "\(value) is not within \(Self.range)")
        self.value = value
    }
}

/// A moment as it comes over a wire: whole milliseconds since 1970, within `Timestamp.representable`.
package struct WireTime: Hashable, Sendable {
    package let time: Timestamp

    /// - Returns: `nil` if `time` is not within `Timestamp.representable`.
    package init?(_ time: Timestamp) {
        guard Timestamp.representable.contains(time) else { return nil }
        self.time = time
    }
}

extension ReadingNumber: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.checked(Int64.self, "is not the number of a reading, 1 to 2^53") { Self($0) }
    }

    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension Count: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.checked(Int64.self, "is not a count, 0 to 2^53") { Self($0) }
    }

    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension WireTime: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.checked(Int64.self, "is not a time from 1970 to 2099 in milliseconds") {
            Timestamp(representableMilliseconds: $0).flatMap(Self.init)
        }
    }

    package func encode(to encoder: any Encoder) throws { try time.millisecondsSince1970.encode(to: encoder) }
}

extension Decoder {
    /// A single value that passes a check.
    ///
    /// - Parameter complaint: what is wrong with it otherwise, after the value: `is not a count`.
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
