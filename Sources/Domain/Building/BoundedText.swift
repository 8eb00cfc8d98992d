/// A text of at most `maximumBytes` bytes of UTF-8, without NUL, which PostgreSQL cannot store. Other values cannot be
/// made.
///
/// The limit is in bytes because every reader counts them alike: a character may have any number of code points, and a
/// code point up to four bytes.
package struct BoundedText<let maximumBytes: Int>: Hashable, Sendable, CustomStringConvertible {
    /// The text, within the limit.
    package let text: String

    /// Creates a bounded text; `nil` if `text` is longer than `maximumBytes` or contains NUL.
    package init?(_ text: String) {
        guard Self.fits(text) else { return nil }
        self.text = text
    }

    /// Creates a text for people that is cut to fit: one that was cut ends with `…`, and NUL is removed.
    package init(shortening text: String) {
        self.text = Self.fits(text) ? text : text.shortened(toBytes: maximumBytes)
    }

    /// The maximum length, in bytes of UTF-8.
    package static var limit: Int { maximumBytes }

    package var description: String { text }

    private static func fits(_ text: String) -> Bool {
        text.utf8.count <= maximumBytes && !text.utf8.contains(0)
    }
}

extension BoundedText: ExpressibleByStringLiteral {
    /// Creates a bounded text from a literal. A literal that does not fit is a programming error and traps.
    package init(stringLiteral text: String) {
        precondition(Self.fits(text), "“\(text)” has more than \(maximumBytes) bytes or contains NUL")
        self.text = text
    }
}

extension BoundedText: Codable {
    /// Decodes a single string; throws `DecodingError.dataCorrupted` if it does not fit.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard Self.fits(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription:
                    "a string has \(text.utf8.count) bytes (at most \(maximumBytes) are allowed) or contains NUL")
        }
        self.text = text
    }

    /// Encodes the text as a single string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension String {
    /// Returns as much of the text as fits into `limit` bytes of UTF-8, without NUL. A text that was cut ends with `…`
    /// and never with half a character, unless its first character alone is too long.
    ///
    /// - Parameter limit: The maximum length in bytes, 4 or more.
    package func shortened(toBytes limit: Int) -> String {
        var text = self
        // First, since everything below takes longer the longer the text is.
        let isCut = utf8.count > limit
        if isCut {
            var end = utf8.index(utf8.startIndex, offsetBy: limit - "…".utf8.count)
            while end > startIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
            text = String(self[..<end])
            // The last character may extend beyond the cut.
            if text.count > 1 { text.removeLast() }
            text += "…"
        }
        return text.utf8.contains(0) ? String(text.unicodeScalars.filter { $0.value != 0 }) : text
    }
}
