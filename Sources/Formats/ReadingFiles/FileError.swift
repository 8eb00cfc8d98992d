/// Why a file of readings can't be read, and what to do about it.
package struct FileError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// The file is not what it should be.
        case data
        /// Something else: it cannot be opened, or it must be said which room or device it is of.
        case other
    }

    package var kind: Kind
    package var description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
