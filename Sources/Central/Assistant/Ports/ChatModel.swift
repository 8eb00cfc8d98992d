public import Building

/// Whatever can hold a conversation and ask for tools: a provider's language model, or the built-in one.
public protocol ChatModel: Sendable {
    /// For logs: `anthropic claude-…`, `built-in`.
    var name: String { get }

    /// Begins the model's next message.
    ///
    /// - Returns: any number of texts and tool calls, then one `finished`, then the end. The stream throws
    ///   `ChatModelFailure`, and ends early when its reader's task is cancelled.
    func respond(to request: ChatRequest) -> AsyncThrowingStream<ChatModelEvent, any Error>
}

public struct ChatRequest: Sendable {
    /// The same for every guest and moment, so that providers can cache it.
    public var instructions: String
    public var situation: ChatSituation
    public var tools: [ToolDefinition]
    /// Whether the model may call tools now, or has to answer with what it knows.
    public var mayCallTools: Bool
    /// Begins with a guest's message and ends with a guest's message or with results.
    public var messages: [ChatMessage]
    /// The longest answer, tokens.
    public var maxTokens: Int

    public init(
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
public struct ChatSituation: Sendable {
    public var now: Timestamp
    public var calendar: LocalCalendar
    /// The guest's own room; `nil` for operators.
    public var room: RoomLocation?
    public var language: Language

    public init(now: Timestamp, calendar: LocalCalendar, room: RoomLocation?, language: Language) {
        self.now = now
        self.calendar = calendar
        self.room = room
        self.language = language
    }
}

public enum ChatModelEvent: Sendable, Equatable {
    /// The next piece of the answer.
    case text(String)
    /// Whole: all of its arguments have arrived.
    case toolCall(ToolCall)
    case finished(StopReason, TokenUsage)
}

public enum StopReason: Sendable, Equatable {
    case endOfTurn
    case toolCalls
    /// The answer became longer than `maxTokens`.
    case length
}

public struct TokenUsage: Sendable, Equatable {
    public var input: Int
    public var output: Int

    public init(input: Int = 0, output: Int = 0) {
        self.input = input
        self.output = output
    }

    public var total: Int { input + output }
}

/// Why a model gave no answer, or not a whole one. Details name no keys.
public enum ChatModelFailure: Error, Sendable, Equatable {
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
    public var isPassing: Bool {
        switch self {
        case .overloaded, .rateLimited, .timeout, .unavailable: true
        case .unauthorized, .refusal, .malformed: false
        }
    }

    public var retryAfter: Duration? {
        switch self {
        case .overloaded(let delay), .rateLimited(let delay): delay
        default: nil
        }
    }

    /// For programs: `model_overloaded`.
    public var code: String {
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
