package import struct Foundation.UUID

/// The identity of one gateway store. A new file gets a new identity, so that a number never refers to two readings.
package struct StoreID: Hashable, Sendable, CustomStringConvertible {
    /// The identity as a UUID.
    package let uuid: UUID

    /// Creates the identity with this UUID.
    package init(uuid: UUID) { self.uuid = uuid }

    /// Creates a new, unique identity.
    package init() { uuid = UUID() }

    /// Creates an identity from the text of a UUID; `nil` if it is not a valid one.
    package init?(_ text: String) {
        guard let uuid = UUID(uuidString: text) else { return nil }
        self.uuid = uuid
    }

    package var description: String { uuid.uuidString.lowercased() }
}
