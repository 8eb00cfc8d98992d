/// Where conversations are kept.
package protocol ConversationStore: Sendable {
    /// - Parameters:
    ///   - id: as the client gave it: any text.
    ///   - owner: whose conversation it has to be.
    ///   - limit: the newest that many messages are enough.
    /// - Returns: oldest first; `nil` where there is no such conversation, where it has expired, and where it is another
    ///   owner's: the three can't be told apart.
    func load(_ id: String, of owner: ConversationOwner, limit: Int) async throws -> [ChatMessage]?

    /// Adds what was said, in one piece, and puts the expiry off. Begins the conversation where there is none. The store
    /// drops the oldest messages beyond its own limit.
    ///
    /// - Parameter id: drawn by the concierge, or one that `load` knew.
    func append(_ messages: [ChatMessage], to id: String, of owner: ConversationOwner) async throws
}

/// Whose a conversation is: a token's number, say. Two callers never share one.
package struct ConversationOwner: Sendable, Hashable {
    package var name: String

    package init(_ name: String) { self.name = name }
}
