/// A place in a document; line and column are counted from 1.
package struct SourceLocation: Hashable, Sendable {
    /// The line, from 1.
    package var line: Int
    /// The column, from 1, in Unicode scalars.
    package var column: Int

    /// Creates a location.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// One step of the path to a field of a response.
package enum PathElement: Hashable, Sendable {
    /// The key of a field.
    case key(String)
    /// The index of an entry in a list, from 0.
    case index(Int)
}

/// An error of a request, or of one field of it (specification, section 7.1.2).
package struct GraphQLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The message for people.
    package var message: String
    /// The places in the document that caused the error.
    package var locations: [SourceLocation]
    /// The path to the field; empty if the error belongs to the whole request.
    package var path: [PathElement]
    /// The code for programs, such as `DEPTH_LIMIT`; `nil` if there is none.
    package var code: String?

    /// Creates an error.
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

/// The text of a document, with the mapping of its bytes to lines.
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
                // Continuation bytes of UTF-8 do not count as columns.
                column += 1
            }
            index += 1
        }
        return SourceLocation(line: line, column: column)
    }
}
