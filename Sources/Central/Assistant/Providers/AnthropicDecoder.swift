internal import Building
internal import JSON

/// A decoder of the Messages API's events. Unknown events are skipped, as the API's versioning policy requires.
package struct AnthropicDecoder: ProviderDecoder {
    private struct ToolUse {
        var id: String
        var name: String
        /// The input at the start of the block, which counts if no parts follow.
        var input: JSON
        var pieces = ""
    }

    /// A Boolean value that indicates whether the message is complete.
    package private(set) var isFinished = false
    private let key: APIKey?
    private var toolUses: [Int: ToolUse] = [:]
    private var stop = StopReason.endOfTurn
    private var usage = TokenUsage()

    /// Creates a decoder.
    ///
    /// - Parameter key: The key, which is removed from error messages.
    package init(key: APIKey?) { self.key = key }

    /// Decodes an event.
    ///
    /// - Throws: `ChatModelFailure` if the event is not valid or reports an error.
    package mutating func take(_ event: ServerSentEvent) throws(ChatModelFailure) -> [ChatModelEvent] {
        let json: JSON
        do { json = try JSON(parsing: event.data) } catch { throw .malformed("an event of the provider is not JSON") }
        switch json["type"]?.text {
        case "message_start":
            let usage = json["message"]?["usage"]
            self.usage.input = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
                .map { usage?[$0]?.int ?? 0 }.saturatingSum()
            self.usage.output = usage?["output_tokens"]?.int ?? 0
            return []
        case "content_block_start": return begin(json)
        case "content_block_delta": return add(json)
        case "content_block_stop":
            guard let index = json["index"]?.int, let use = toolUses.removeValue(forKey: index) else { return [] }
            let arguments = use.pieces.isEmpty ? use.input.description : use.pieces
            return [.toolCall(ToolCall(id: use.id, name: use.name, arguments: arguments))]
        case "message_delta":
            if let output = json["usage"]?["output_tokens"]?.int { usage.output = output }
            switch json["delta"]?["stop_reason"]?.text {
            case "tool_use": stop = .toolCalls
            case "max_tokens", "model_context_window_exceeded": stop = .length
            case "refusal": throw .refusal
            default: break
            }
            return []
        case "message_stop":
            isFinished = true
            return [.finished(stop, usage)]
        case "error": throw ProviderError(json: json).failure(key: key)
        default: return []
        }
    }

    /// Ends decoding.
    ///
    /// - Throws: `ChatModelFailure.unavailable` if the message is not complete.
    package mutating func end() throws(ChatModelFailure) -> [ChatModelEvent] {
        guard isFinished else { throw .unavailable("the provider's response was cut off") }
        return []
    }

    private mutating func begin(_ json: JSON) -> [ChatModelEvent] {
        let block = json["content_block"]
        switch block?["type"]?.text {
        case "text":
            let text = block?["text"]?.text ?? ""
            return text.isEmpty ? [] : [.text(text)]
        case "tool_use":
            guard let index = json["index"]?.int else { return [] }
            toolUses[index] = ToolUse(
                id: block?["id"]?.text ?? "", name: block?["name"]?.text ?? "", input: block?["input"] ?? [:])
            return []
        default: return []
        }
    }

    private mutating func add(_ json: JSON) -> [ChatModelEvent] {
        let delta = json["delta"]
        switch delta?["type"]?.text {
        case "text_delta":
            let text = delta?["text"]?.text ?? ""
            return text.isEmpty ? [] : [.text(text)]
        case "input_json_delta":
            if let index = json["index"]?.int { toolUses[index]?.pieces += delta?["partial_json"]?.text ?? "" }
            return []
        default: return []
        }
    }
}
