public import Building

/// Answers what people write, with one model and the tools of whoever is asking.
public struct ChatAgent: Sendable {
    public struct Limits: Sendable {
        /// How often the model may speak in one answer; in its last turn it gets no tools.
        public var turns = 6
        /// For the whole answer.
        public var time: Duration = .seconds(60)
        /// For one try of one turn.
        public var turnTime: Duration = .seconds(30)
        /// How often a turn is tried while its failure is a passing one.
        public var attempts = 3
        /// Before the second try, unless the provider says how long to wait; it doubles from try to try.
        public var backoff: Duration = .milliseconds(500)
        /// What one answer may use up, in and out together; from then on the model gets no tools.
        public var tokens = 100_000
        /// What the model may write in one turn.
        public var turnTokens = 1024
        public var callsPerTurn = 8
        /// The longest message, characters.
        public var messageCharacters = 2000
        /// How many of the newest messages of a conversation the model gets…
        public var historyMessages = 40
        /// …and how many bytes of them.
        public var historyBytes = 64 * 1024
        /// For reading or writing a conversation.
        public var storeTime: Duration = .seconds(5)

        public init() {}
    }

    let model: any ChatModel
    let conversations: any ConversationStore
    let limits: Limits
    let now: @Sendable () -> Timestamp

    public init(
        model: any ChatModel, conversations: any ConversationStore, limits: Limits = .init(),
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.model = model
        self.conversations = conversations
        self.limits = limits
        self.now = now
    }

    /// Answers. Leaving the stream ends the work.
    public func answer(_ question: Question) -> AsyncStream<ChatEvent> {
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
    public struct Question: Sendable {
        public var message: String
        /// As the client sent it. One that is unknown, expired or another caller's begins a new conversation.
        public var conversationID: String?
        public var owner: ConversationOwner
        /// What the caller may do; nothing in the message adds to it.
        public var tools: ToolBox
        public var calendar: LocalCalendar
        /// A guest's own room.
        public var room: RoomLocation?
        /// Where the message does not tell: the browser's, say.
        public var language: Language

        public init(
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
