/// A place in a document, both counted from 1.
package struct SourceLocation: Hashable, Sendable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// One step on the way to a field of a response.
package enum PathElement: Hashable, Sendable {
    case key(String)
    case index(Int)
}

/// What went wrong with a request, or with one field of it (specification, section 7.1.2).
package struct GraphQLError: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String
    package var locations: [SourceLocation]
    /// Empty where the error belongs to the whole request.
    package var path: [PathElement]
    /// What programs go by, for instance `DEPTH_LIMIT`; `nil` where there is none.
    package var code: String?

    package init(
        _ message: String, locations: [SourceLocation] = [], path: [PathElement] = [], code: String? = nil
    ) {
        self.message = message
        self.locations = locations
        self.path = path
        self.code = code
    }

    package var description: String { message }
}

/// The text of a document, and how its bytes lie in lines.
struct Source: Sendable {
    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    func location(of offset: Int) -> SourceLocation {
        var line = 1
        var column = 1
        var index = 0
        while index < min(offset, bytes.count) {
            let byte = bytes[index]
            let isCarriageReturnOfPair = byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
            if (byte == 0x0A || byte == 0x0D) && !isCarriageReturnOfPair {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                // Continuation bytes of UTF-8 are no column of their own.
                column += 1
            }
            index += 1
        }
        return SourceLocation(line: line, column: column)
    }
}
