public import struct Foundation.UUID

/// The identity of one gateway store. A new file is a new identity, so numbers never mean two things.
public struct StoreID: Hashable, Sendable, CustomStringConvertible {
    public let uuid: UUID

    public init(uuid: UUID) { self.uuid = uuid }

    /// A new identity that no other store has.
    public init() { uuid = UUID() }

    public init?(_ text: String) {
        guard let uuid = UUID(uuidString: text) else { return nil }
        self.uuid = uuid
    }

    public var description: String { uuid.uuidString.lowercased() }
}
