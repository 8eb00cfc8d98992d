/// Why a file of readings can't be read, and what to do about it.
public struct FileError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// The file is not what it should be.
        case data
        /// Something else: it cannot be opened, or it must be said which room or device it is of.
        case other
    }

    public var kind: Kind
    public var description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
