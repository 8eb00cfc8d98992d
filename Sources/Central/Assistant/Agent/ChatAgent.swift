package import Building
package import CivilTime

/// Answers messages with one model and the tools of the caller.
package struct ChatAgent: Sendable {
    /// The limits of an answer.
    package struct Limits: Sendable {
        /// The largest number of turns of the model in one answer; in the last turn it gets no tools.
        package var turns = 6
        /// The longest time for the whole answer.
        package var time: Duration = .seconds(60)
        /// The longest time for one attempt at a turn.
        package var turnTime: Duration = .seconds(30)
        /// The largest number of attempts at a turn while its failure is temporary.
        package var attempts = 3
        /// The pause before the second attempt, unless the provider names one; it doubles with each attempt.
        package var backoff: Duration = .milliseconds(500)
        /// The number of tokens, input and output together, after which the model gets no more tools.
        package var tokens = 100_000
        /// The largest number of tokens the model may write in one turn.
        package var turnTokens = 1024
        /// The largest number of tool calls in one turn.
        package var callsPerTurn = 8
        /// The largest number of characters in a message.
        package var messageCharacters = 2000
        /// The largest number of earlier messages sent to the model; the newest are sent.
        package var historyMessages = 40
        /// The largest size of these messages, in bytes.
        package var historyBytes = 64 * 1024
        /// The longest time to read or write a conversation.
        package var storeTime: Duration = .seconds(5)

        /// Creates the default limits.
        package init() {}
    }

    let model: any ChatModel
    let conversations: any ConversationStore
    let limits: Limits
    let now: @Sendable () -> Timestamp

    /// Creates an agent.
    package init(
        model: any ChatModel, conversations: any ConversationStore, limits: Limits = .init(),
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.model = model
        self.conversations = conversations
        self.limits = limits
        self.now = now
    }

    /// Returns the events of an answer. Ending the iteration cancels the work.
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

    /// A message of a caller.
    package struct Question: Sendable {
        /// The text as the caller wrote it.
        package var message: String
        /// The id as the client sent it. An unknown or expired id, or one of another caller, begins a new conversation.
        package var conversationID: String?
        /// The owner of the conversation.
        package var owner: ConversationOwner
        /// The tools of the caller; the message can't add to them.
        package var tools: ToolBox
        /// The local calendar of the caller's place.
        package var calendar: LocalCalendar
        /// The room of a guest; `nil` for operators.
        package var room: RoomLocation?
        /// The language if the message does not reveal it, for instance the browser's.
        package var language: Language

        /// Creates a question.
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
