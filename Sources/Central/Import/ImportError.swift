/// Why an import cannot begin or go on, and what to do about it.
public struct ImportError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// What the source gives is not what it should be.
        case data
        /// Something else: the building is not known…
        case other
    }

    public var kind: Kind
    public var description: String

    public init(_ kind: Kind = .other, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
