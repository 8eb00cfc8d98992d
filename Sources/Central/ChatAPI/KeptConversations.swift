internal import Assistant
internal import JSON
internal import Storage

/// The conversations in the central database. Each is owned by a token, identified by its id.
struct KeptConversations: ConversationStore {
    let store: CentralStore
    let limits: ConversationLimits

    static func owner(_ caller: Caller) -> ConversationOwner { ConversationOwner(String(caller.token)) }

    func load(_ id: String, of owner: ConversationOwner, limit: Int) async throws -> [ChatMessage]? {
        guard let token = Int(owner.name) else { return nil }
        return try await store.conversation(id, ofToken: token, limit: limit)?
            .compactMap { text in (try? JSON(parsing: text)).flatMap(ChatMessage.init(json:)) }
    }

    func append(_ messages: [ChatMessage], to id: String, of owner: ConversationOwner) async throws {
        guard let token = Int(owner.name) else { throw StoreError.foreignConversation }
        try await store.append(
            messages.map(\.json.description), toConversation: id, ofToken: token, limits: limits)
    }
}
