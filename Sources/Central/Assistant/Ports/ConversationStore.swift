/// A store of conversations.
package protocol ConversationStore: Sendable {
    /// Returns the newest messages of a conversation.
    ///
    /// - Parameters:
    ///   - id: The id as the client sent it, which may be any text.
    ///   - owner: The required owner of the conversation.
    ///   - limit: The largest number of messages.
    /// - Returns: The messages, oldest first; `nil` if there is no such conversation, if it has expired, or if it has
    ///   another owner. The three can't be told apart.
    func load(_ id: String, of owner: ConversationOwner, limit: Int) async throws -> [ChatMessage]?

    /// Appends messages atomically, and extends the conversation's lifetime. It is created if there is none. The store
    /// removes the oldest messages beyond its own limit.
    ///
    /// - Parameter id: A new id from the assistant, or one that `load` found.
    func append(_ messages: [ChatMessage], to id: String, of owner: ConversationOwner) async throws
}

/// The owner of a conversation, such as a token. Different callers never share one.
package struct ConversationOwner: Sendable, Hashable {
    /// The name of the owner, such as a token's id.
    package var name: String

    /// Creates an owner.
    package init(_ name: String) { self.name = name }
}
