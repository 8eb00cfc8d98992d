/// The reason a file of readings cannot be read, and the remedy.
package struct FileError: Error, Sendable, CustomStringConvertible {
    /// A kind of error.
    package enum Kind: Sendable, Hashable {
        /// The contents of the file are wrong.
        case data
        /// Another error: the file cannot be opened, or its room or device must be specified.
        case other
    }

    /// The kind of error.
    package var kind: Kind
    /// The message for people, with place, cause and remedy.
    package var description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
