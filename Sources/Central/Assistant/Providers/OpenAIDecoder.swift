internal import JSON

/// A decoder of the chunks of chat completions. It accepts the variants of local servers, which omit ids, indices or
/// the last chunk's usage, or send a call in one piece.
package struct OpenAIDecoder: ProviderDecoder {
    private struct Call {
        var id: String
        var name: String
        var arguments = ""
    }

    /// A Boolean value that indicates whether the message is complete.
    package private(set) var isFinished = false
    private let key: APIKey?
    private var calls: [(index: Int, call: Call)] = []
    private var stop: StopReason?
    private var usage = TokenUsage()
    private var hasRefused = false
    private var hasText = false

    /// Creates a decoder.
    ///
    /// - Parameter key: The key, which is removed from error messages.
    package init(key: APIKey?) { self.key = key }

    /// Decodes an event.
    ///
    /// - Throws: `ChatModelFailure` if the chunk is not valid or reports an error.
    package mutating func take(_ event: ServerSentEvent) throws(ChatModelFailure) -> [ChatModelEvent] {
        if event.data == "[DONE]" { return try finish() }
        let json: JSON
        do { json = try JSON(parsing: event.data) } catch { throw .malformed("a chunk of the provider is not JSON") }
        if let error = json["error"], !error.isNull { throw ProviderError(json: json).failure(key: key) }
        if let usage = json["usage"], !usage.isNull {
            self.usage = TokenUsage(
                input: usage["prompt_tokens"]?.int ?? 0, output: usage["completion_tokens"]?.int ?? 0)
        }
        guard let choice = json["choices"]?.elements?.first else { return [] }
        var events: [ChatModelEvent] = []
        let delta = choice["delta"] ?? choice["message"]
        if let text = delta?["content"]?.text, !text.isEmpty {
            hasText = true
            events.append(.text(text))
        }
        if let refusal = delta?["refusal"]?.text, !refusal.isEmpty { hasRefused = true }
        for piece in delta?["tool_calls"]?.elements ?? [] { add(piece) }
        switch choice["finish_reason"]?.text {
        case nil: break
        case "length": stop = .length
        case "content_filter": throw .refusal
        case "tool_calls", "function_call": stop = .toolCalls
        default: stop = .endOfTurn
        }
        return events
    }

    /// Ends decoding. Some servers close the stream without `[DONE]`.
    package mutating func end() throws(ChatModelFailure) -> [ChatModelEvent] {
        isFinished ? [] : try finish()
    }

    private mutating func add(_ piece: JSON) {
        let function = piece["function"]
        let id = piece["id"]?.text ?? ""
        let isNew = calls.isEmpty || (!id.isEmpty && calls.last?.call.id != id)
        let index = piece["index"]?.int ?? (isNew ? calls.count : calls[calls.count - 1].index)
        let arguments = function?["arguments"].map { $0.text ?? ($0.isNull ? "" : $0.description) } ?? ""
        let name = function?["name"]?.text ?? ""
        // Some servers number every call 0, so a new id is a new call.
        let place = calls.lastIndex { $0.index == index && (id.isEmpty || $0.call.id.isEmpty || $0.call.id == id) }
        if let place {
            if calls[place].call.name.isEmpty { calls[place].call.name = name }
            if calls[place].call.id.isEmpty { calls[place].call.id = id }
            calls[place].call.arguments += arguments
        } else {
            calls.append((index, Call(id: id, name: name, arguments: arguments)))
        }
    }

    private mutating func finish() throws(ChatModelFailure) -> [ChatModelEvent] {
        guard let stop else { throw .unavailable("the provider's response was cut off") }
        if hasRefused, !hasText { throw .refusal }
        isFinished = true
        let whole = calls.map { _, call in
            ChatModelEvent.toolCall(ToolCall(id: call.id, name: call.name, arguments: call.arguments))
        }
        // Some servers send the reason “stop” with tool calls.
        return whole + [.finished(calls.isEmpty || stop == .length ? stop : .toolCalls, usage)]
    }
}
