/// The reason an import can't start or continue, with a remedy.
package struct ImportError: Error, Sendable, CustomStringConvertible {
    /// The kind of an error, which decides the exit status.
    package enum Kind: Sendable, Hashable {
        /// The data of the source are not valid.
        case data
        /// Any other error, such as an unknown building.
        case other
    }

    /// The kind of the error.
    package var kind: Kind
    /// The reason and the remedy, for people.
    package var description: String

    /// Creates an error.
    package init(_ kind: Kind = .other, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
