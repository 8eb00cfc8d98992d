package import Building

/// Answers what people write, with one model and the tools of whoever is asking.
package struct ChatAgent: Sendable {
    package struct Limits: Sendable {
        /// How often the model may speak in one answer; in its last turn it gets no tools.
        package var turns = 6
        /// For the whole answer.
        package var time: Duration = .seconds(60)
        /// For one try of one turn.
        package var turnTime: Duration = .seconds(30)
        /// How often a turn is tried while its failure is a passing one.
        package var attempts = 3
        /// Before the second try, unless the provider says how long to wait; it doubles from try to try.
        package var backoff: Duration = .milliseconds(500)
        /// What one answer may use up, in and out together; from then on the model gets no tools.
        package var tokens = 100_000
        /// What the model may write in one turn.
        package var turnTokens = 1024
        package var callsPerTurn = 8
        /// The longest message, characters.
        package var messageCharacters = 2000
        /// How many of the newest messages of a conversation the model gets…
        package var historyMessages = 40
        /// …and how many bytes of them.
        package var historyBytes = 64 * 1024
        /// For reading or writing a conversation.
        package var storeTime: Duration = .seconds(5)

        package init() {}
    }

    let model: any ChatModel
    let conversations: any ConversationStore
    let limits: Limits
    let now: @Sendable () -> Timestamp

    package init(
        model: any ChatModel, conversations: any ConversationStore, limits: Limits = .init(),
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.model = model
        self.conversations = conversations
        self.limits = limits
        self.now = now
    }

    /// Answers. Leaving the stream ends the work.
    package func answer(_ question: Question) -> AsyncStream<ChatEvent> {
        let (stream, continuation) = AsyncStream<ChatEvent>.makeStream()
        let task = Task {
            var answer = AgentRun(agent: self, question: question) { continuation.yield($0) }
            await answer.run()
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    /// One message of one caller.
    package struct Question: Sendable {
        package var message: String
        /// As the client sent it. One that is unknown, expired or another caller's begins a new conversation.
        package var conversationID: String?
        package var owner: ConversationOwner
        /// What the caller may do; nothing in the message adds to it.
        package var tools: ToolBox
        package var calendar: LocalCalendar
        /// A guest's own room.
        package var room: RoomLocation?
        /// Where the message does not tell: the browser's, say.
        package var language: Language

        package init(
            message: String, conversationID: String?, owner: ConversationOwner, tools: ToolBox,
            calendar: LocalCalendar, room: RoomLocation?, language: Language
        ) {
            self.message = message
            self.conversationID = conversationID
            self.owner = owner
            self.tools = tools
            self.calendar = calendar
            self.room = room
            self.language = language
        }
    }
}
