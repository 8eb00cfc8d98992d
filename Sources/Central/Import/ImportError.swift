/// Why an import cannot begin or go on, and what to do about it.
package struct ImportError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// What the source gives is not what it should be.
        case data
        /// Something else: the building is not known…
        case other
    }

    package var kind: Kind
    package var description: String

    package init(_ kind: Kind = .other, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
