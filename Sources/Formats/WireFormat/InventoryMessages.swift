package import Building

/// The answer to an inventory of which not all was taken.
package struct InventoryReceipt: Hashable, Sendable, Codable {
    /// How many entries one answer names: more would be read by nobody.
    package static let mostEntries = 100

    /// The first `mostEntries` of them.
    package var refused: [RefusedInventoryEntry]

    package init(refused: [RefusedInventoryEntry]) {
        self.refused = Array(refused.prefix(Self.mostEntries))
    }
}

/// A floor, room or device of an inventory that was not taken, or whose name was not. The others were.
package struct RefusedInventoryEntry: Hashable, Sendable, Codable {
    /// The entry, for people: `room room-101`, `device iaq in room-101`, or its place in the list if it could not be read.
    package var entry: ShortText
    /// What is wrong with it, for people.
    package var reason: ShortText

    package init(entry: String, reason: String) {
        self.entry = ShortText(shortening: entry)
        self.reason = ShortText(shortening: reason)
    }
}
