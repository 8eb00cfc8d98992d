package import struct Foundation.UUID

/// The identity of one gateway store. A new file is a new identity, so numbers never mean two things.
package struct StoreID: Hashable, Sendable, CustomStringConvertible {
    package let uuid: UUID

    package init(uuid: UUID) { self.uuid = uuid }

    /// A new identity that no other store has.
    package init() { uuid = UUID() }

    package init?(_ text: String) {
        guard let uuid = UUID(uuidString: text) else { return nil }
        self.uuid = uuid
    }

    package var description: String { uuid.uuidString.lowercased() }
}
