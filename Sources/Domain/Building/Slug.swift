/// A short name that is valid in a topic, a path and a URL: `[A-Za-z0-9][A-Za-z0-9_-]{0,63}`.
package struct Slug: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The text of the slug.
    package let text: String

    /// Creates a slug; `nil` if `text` is not a valid one.
    package init?(_ text: some StringProtocol) {
        self.init(whole: String(text))
    }

    private init?(whole text: String) {
        guard let first = text.utf8.first, Self.isAlphanumeric(first), text.utf8.count <= 64 else { return nil }
        let isValid = text.utf8.allSatisfy {
            Self.isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        guard isValid else { return nil }
        self.text = text
    }

    /// The room slug used by devices that serve the whole building, such as power meters.
    package static let building = Slug("building")!

    package var description: String { text }

    package static func < (left: Slug, right: Slug) -> Bool { left.text < right.text }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}

extension Slug: Codable {
    /// Decodes a single string; throws `DecodingError.dataCorrupted` if it is not a valid slug.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let slug = Slug(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "“\(text.prefix(80))” is not a valid slug: use up to 64 letters, digits, _ and -")
        }
        self = slug
    }

    /// Encodes the slug as a single string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
