package import Building

/// The answer to an inventory that was not accepted as a whole.
package struct InventoryReceipt: Hashable, Sendable, Codable {
    /// The maximum number of entries in one answer: nobody would read more.
    package static let mostEntries = 100

    /// The rejected entries, at most `mostEntries`.
    package var rejected: [RejectedInventoryEntry]

    /// Creates a receipt with the first `mostEntries` of the entries.
    package init(rejected: [RejectedInventoryEntry]) {
        self.rejected = Array(rejected.prefix(Self.mostEntries))
    }
}

/// A floor, room or device of an inventory that was rejected, or whose name was rejected. The others were accepted.
package struct RejectedInventoryEntry: Hashable, Sendable, Codable {
    /// The entry, for people: `room room-101`, `device iaq in room-101`, or its place in the list if it could not be
    /// decoded.
    package var entry: ShortText
    /// The problem, for people.
    package var reason: ShortText

    /// Creates a rejection; both texts are shortened to 200 bytes.
    package init(entry: String, reason: String) {
        self.entry = ShortText(shortening: entry)
        self.reason = ShortText(shortening: reason)
    }
}
