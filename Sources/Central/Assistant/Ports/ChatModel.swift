package import Building

/// Whatever can hold a conversation and ask for tools: a provider's language model, or the built-in one.
package protocol ChatModel: Sendable {
    /// For logs: `anthropic claude-…`, `built-in`.
    var name: String { get }

    /// Begins the model's next message.
    ///
    /// - Returns: any number of texts and tool calls, then one `finished`, then the end. The stream throws
    ///   `ChatModelFailure`, and ends early when its reader's task is cancelled.
    func respond(to request: ChatRequest) -> AsyncThrowingStream<ChatModelEvent, any Error>
}

package struct ChatRequest: Sendable {
    /// The same for every guest and moment, so that providers can cache it.
    package var instructions: String
    package var situation: ChatSituation
    package var tools: [ToolDefinition]
    /// Whether the model may call tools now, or has to answer with what it knows.
    package var mayCallTools: Bool
    /// Begins with a guest's message and ends with a guest's message or with results.
    package var messages: [ChatMessage]
    /// The longest answer, tokens.
    package var maxTokens: Int

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

/// Who is asking, where and when.
package struct ChatSituation: Sendable {
    package var now: Timestamp
    package var calendar: LocalCalendar
    /// The guest's own room; `nil` for operators.
    package var room: RoomLocation?
    package var language: Language

    package init(now: Timestamp, calendar: LocalCalendar, room: RoomLocation?, language: Language) {
        self.now = now
        self.calendar = calendar
        self.room = room
        self.language = language
    }
}

package enum ChatModelEvent: Sendable, Equatable {
    /// The next piece of the answer.
    case text(String)
    /// Whole: all of its arguments have arrived.
    case toolCall(ToolCall)
    case finished(StopReason, TokenUsage)
}

package enum StopReason: Sendable, Equatable {
    case endOfTurn
    case toolCalls
    /// The answer became longer than `maxTokens`.
    case length
}

package struct TokenUsage: Sendable, Equatable {
    package var input: Int
    package var output: Int

    package init(input: Int = 0, output: Int = 0) {
        self.input = input
        self.output = output
    }

    package var total: Int { input + output }
}

/// Why a model gave no answer, or not a whole one. Details name no keys.
package enum ChatModelFailure: Error, Sendable, Equatable {
    /// The provider has too much to do.
    case overloaded(retryAfter: Duration?)
    /// We asked for too much in too short a time.
    case rateLimited(retryAfter: Duration?)
    case timeout
    /// The key is missing, wrong or not allowed this model.
    case unauthorized
    /// The model or its provider does not want to answer this.
    case refusal
    /// One side did not understand the other.
    case malformed(String)
    /// Could not be reached, or had an error of its own.
    case unavailable(String)

    /// Whether the same request may do better a little later.
    package var isPassing: Bool {
        switch self {
        case .overloaded, .rateLimited, .timeout, .unavailable: true
        case .unauthorized, .refusal, .malformed: false
        }
    }

    package var retryAfter: Duration? {
        switch self {
        case .overloaded(let delay), .rateLimited(let delay): delay
        default: nil
        }
    }

    /// For programs: `model_overloaded`.
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
