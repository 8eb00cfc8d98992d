/// A text that fits where it is sent: at most `maximumBytes` bytes of UTF-8, without NUL, which PostgreSQL cannot store.
/// Other values cannot be made.
///
/// Bytes are the only unit that is the same for every reader: one character may be any number of code points, and a
/// code point up to four bytes.
package struct BoundedText<let maximumBytes: Int>: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// `nil` if `text` is longer than `maximumBytes`, or holds NUL.
    package init?(_ text: String) {
        guard Self.fits(text) else { return nil }
        self.text = text
    }

    /// The text as far as it fits, for people: one that is cut ends with `…`, and NUL is left out.
    package init(shortening text: String) {
        self.text = Self.fits(text) ? text : text.shortened(toBytes: maximumBytes)
    }

    /// The longest text, in bytes of UTF-8.
    package static var limit: Int { maximumBytes }

    package var description: String { text }

    private static func fits(_ text: String) -> Bool {
        text.utf8.count <= maximumBytes && !text.utf8.contains(0)
    }
}

extension BoundedText: ExpressibleByStringLiteral {
    /// A literal that does not fit is a mistake in the program.
    package init(stringLiteral text: String) {
        precondition(Self.fits(text), "“\(text)” has more than \(maximumBytes) bytes, or holds NUL")
        self.text = text
    }
}

extension BoundedText: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard Self.fits(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription:
                    "a text has \(text.utf8.count) bytes, where \(maximumBytes) are possible, or holds NUL")
        }
        self.text = text
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension String {
    /// The text as far as it fits into `limit` bytes of UTF-8, without NUL. One that is cut ends with `…` and has no
    /// half character, unless its first one alone is too long.
    ///
    /// - Parameter limit: 4 or more.
    package func shortened(toBytes limit: Int) -> String {
        var text = self
        // Before anything that takes longer for a longer text.
        let isCut = utf8.count > limit
        if isCut {
            var end = utf8.index(utf8.startIndex, offsetBy: limit - "…".utf8.count)
            while end > startIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
            text = String(self[..<end])
            // Its last character may go on beyond the cut.
            if text.count > 1 { text.removeLast() }
            text += "…"
        }
        return text.utf8.contains(0) ? String(text.unicodeScalars.filter { $0.value != 0 }) : text
    }
}
