internal import JSON

/// The body of a request for chat completions.
struct OpenAIRequest {
    let model: String
    /// The name of the member that limits the answer's tokens.
    let limitName: String
    let request: ChatRequest

    var json: JSON {
        var members: [JSON.Member] = [
            .init("model", .string(model)), .init("stream", true),
            .init("stream_options", ["include_usage": true]), .init(limitName, .integer(request.maxTokens)),
        ]
        if !request.tools.isEmpty {
            members.append(.init("tools", .array(request.tools.map(Self.tool))))
            members.append(.init("tool_choice", request.mayCallTools ? "auto" : "none"))
        }
        let system: JSON = [
            "role": "system", "content": .string(request.instructions + "\n\n" + request.situation.text),
        ]
        members.append(.init("messages", .array([system] + request.messages.flatMap(Self.messages))))
        return .object(members)
    }

    private static func tool(_ tool: ToolDefinition) -> JSON {
        [
            "type": "function",
            "function": [
                "name": .string(tool.name), "description": .string(tool.description), "parameters": tool.input.json,
            ],
        ]
    }

    private static func messages(_ message: ChatMessage) -> [JSON] {
        switch message {
        case .guest(let text): [["role": "user", "content": .string(text)]]
        case .assistant(let text, let calls) where calls.isEmpty: [["role": "assistant", "content": .string(text)]]
        case .assistant(let text, let calls):
            [
                [
                    "role": "assistant", "content": text.isEmpty ? .null : .string(text),
                    "tool_calls": .array(calls.map(Self.call)),
                ]
            ]
        case .results(let outcomes):
            outcomes.map { outcome in
                [
                    "role": "tool", "tool_call_id": .string(outcome.callID),
                    "content": .string(outcome.content.description),
                ]
            }
        }
    }

    private static func call(_ call: ToolCall) -> JSON {
        // Some local servers parse the arguments again, and fail if they are not an object.
        let isObject = (try? JSON(parsing: call.arguments))?.members != nil
        return [
            "id": .string(call.id), "type": "function",
            "function": ["name": .string(call.name), "arguments": .string(isObject ? call.arguments : "{}")],
        ]
    }
}
