package import APISupport
package import Assistant
package import AssistantTools
internal import HTTPTypes
internal import Hummingbird
package import Storage

/// The routes of `POST /chat`, and of the files that it links to.
///
/// A guest's token decides the room and the building: its tools have access to nothing else, whatever the message says.
package struct ChatRoutes: Sendable {
    private let store: CentralStore
    private let limits: ChatLimits
    private let agent: ChatAgent
    private let conversations: KeptConversations
    private let admission: ConcurrencyLimiter
    private let issuer: ToolIssuer

    /// Creates the routes.
    ///
    /// - Parameter model: The model that answers.
    package init(store: CentralStore, issuer: ToolIssuer, model: any ChatModel, limits: ChatLimits) {
        self.store = store
        self.limits = limits
        conversations = KeptConversations(store: store, limits: limits.conversations)
        admission = ConcurrencyLimiter(limits.calls, of: "questions")
        self.issuer = issuer
        var bounds = ChatAgent.Limits()
        bounds.messageCharacters = limits.messageCharacters
        agent = ChatAgent(model: model, conversations: conversations, limits: bounds) { store.currentTime }
    }

    /// Adds the routes to `book`.
    package func register(in book: inout RouteTable) {
        book.add(.post, "/chat", for: [.guest, .operator], chat)
        ChatFiles(store: store, signer: FileSigner(store: store)).register(in: &book)
    }

    @Sendable
    private func chat(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        var request = request
        let body = try await ChatRequestBody(&request, limits: limits)
        let place = try admission.enter(token: caller.token)
        if let id = body.conversationID,
            try await conversations.load(id, of: KeptConversations.owner(caller), limit: 1) == nil
        {
            throw APIError.notFound(
                code: "unknown_conversation", "There is no such conversation, or it has ended.",
                hint: "Send the message without conversation_id to start a new one.")
        }
        let question = try await question(body, caller, request)
        return ChatAnswer(agent: agent, question: question, place: place, request: request).response
    }

    private func question(
        _ body: ChatRequestBody, _ caller: Caller, _ request: Request
    ) async throws -> ChatAgent.Question {
        let tools = try await issuer.tools(for: caller, by: "chat")
        return ChatAgent.Question(
            message: body.message, conversationID: body.conversationID, owner: KeptConversations.owner(caller),
            tools: tools.box, calendar: tools.calendar, room: tools.room, language: Self.language(request))
    }

    /// Returns the first known language among those the browser names; English by default.
    private static func language(_ request: Request) -> Language {
        let names = request.headers[.acceptLanguage]?.split(separator: ",") ?? []
        return names.lazy.compactMap { name in
            Language(rawValue: name.drop { $0 == " " }.prefix(2).lowercased())
        }.first ?? .english
    }
}
