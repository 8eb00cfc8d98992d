package import Building
package import CivilTime

/// A model that can converse and request tools: a provider's language model, or the built-in one.
package protocol ChatModel: Sendable {
    /// The name for logs: `anthropic claude-…`, `built-in`.
    var name: String { get }

    /// Starts the model's next message.
    ///
    /// - Returns: Any number of texts and tool calls, followed by one `finished` event. The stream throws
    ///   `ChatModelFailure`, and ends early if its reader's task is cancelled.
    func respond(to request: ChatRequest) -> AsyncThrowingStream<ChatModelEvent, any Error>
}

/// The input of a model for its next message.
package struct ChatRequest: Sendable {
    /// The instructions, identical for all callers and times, so that providers can cache them.
    package var instructions: String
    /// The caller's situation.
    package var situation: ChatSituation
    /// The tools the model may request.
    package var tools: [ToolDefinition]
    /// A Boolean value that indicates whether the model may call tools in this turn, or must answer with what it knows.
    package var mayCallTools: Bool
    /// The messages, beginning with a guest's and ending with a guest's or with results.
    package var messages: [ChatMessage]
    /// The largest number of tokens in the answer.
    package var maxTokens: Int

    /// Creates a request.
    package init(
        instructions: String, situation: ChatSituation, tools: [ToolDefinition], mayCallTools: Bool = true,
        messages: [ChatMessage], maxTokens: Int
    ) {
        self.instructions = instructions
        self.situation = situation
        self.tools = tools
        self.mayCallTools = mayCallTools
        self.messages = messages
        self.maxTokens = maxTokens
    }
}

/// The situation of the caller: time, place and language.
package struct ChatSituation: Sendable {
    /// The current time.
    package var now: Timestamp
    /// The local calendar of the caller's place.
    package var calendar: LocalCalendar
    /// The room of a guest; `nil` for operators.
    package var room: RoomLocation?
    /// The language if the message does not reveal it.
    package var language: Language

    /// Creates a situation.
    package init(now: Timestamp, calendar: LocalCalendar, room: RoomLocation?, language: Language) {
        self.now = now
        self.calendar = calendar
        self.room = room
        self.language = language
    }
}

/// An event in a model's message.
package enum ChatModelEvent: Sendable, Equatable {
    /// The next part of the text.
    case text(String)
    /// A complete tool call with all its arguments.
    case toolCall(ToolCall)
    /// The end of the message.
    case finished(StopReason, TokenUsage)
}

/// The reason a model's message ended.
package enum StopReason: Sendable, Equatable {
    /// The message is complete.
    case endOfTurn
    /// The model waits for the results of its tool calls.
    case toolCalls
    /// The message reached `maxTokens`.
    case length
}

/// The number of tokens a message used.
package struct TokenUsage: Sendable, Equatable {
    /// The number of tokens the model read, including cached ones.
    package var input: Int
    /// The number of tokens the model wrote.
    package var output: Int

    /// Creates a usage; by default none.
    package init(input: Int = 0, output: Int = 0) {
        self.input = input
        self.output = output
    }

    /// The number of tokens in total.
    package var total: Int { input + output }
}

/// The reason a model gave no complete answer. Its details contain no keys.
package enum ChatModelFailure: Error, Sendable, Equatable {
    /// The provider is overloaded.
    case overloaded(retryAfter: Duration?)
    /// We exceeded the provider's rate limit.
    case rateLimited(retryAfter: Duration?)
    case timeout
    /// The key is missing, not valid, or has no access to this model.
    case unauthorized
    /// The model or its provider refuses to answer.
    case refusal
    /// The request or the answer is not valid.
    case malformed(String)
    /// The provider could not be reached, or had an internal error.
    case unavailable(String)

    /// A Boolean value that indicates whether the same request may succeed later.
    package var isPassing: Bool {
        switch self {
        case .overloaded, .rateLimited, .timeout, .unavailable: true
        case .unauthorized, .refusal, .malformed: false
        }
    }

    /// The pause the provider asks for; `nil` if it names none.
    package var retryAfter: Duration? {
        switch self {
        case .overloaded(let delay), .rateLimited(let delay): delay
        default: nil
        }
    }

    /// The code for programs: `model_overloaded`.
    package var code: String {
        switch self {
        case .overloaded: "model_overloaded"
        case .rateLimited: "model_rate_limited"
        case .timeout: "model_timeout"
        case .unauthorized: "model_unauthorized"
        case .refusal: "model_refused"
        case .malformed: "model_malformed"
        case .unavailable: "model_unavailable"
        }
    }
}
