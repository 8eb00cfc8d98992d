internal import JSON

/// The body of a request to the Messages API.
struct AnthropicRequest {
    let model: String
    let request: ChatRequest

    /// The mark after the part that is the same in every request: the provider caches everything up to it.
    private static let cached: JSON = ["type": "ephemeral"]

    var json: JSON {
        var members: [JSON.Member] = [
            .init("model", .string(model)), .init("max_tokens", .integer(request.maxTokens)), .init("stream", true),
        ]
        if !request.tools.isEmpty {
            members.append(.init("tools", .array(tools)))
            members.append(.init("tool_choice", ["type": request.mayCallTools ? "auto" : "none"]))
        }
        members.append(
            .init(
                "system",
                [
                    ["type": "text", "text": .string(request.instructions), "cache_control": Self.cached],
                    ["type": "text", "text": .string(request.situation.text)],
                ]))
        members.append(.init("messages", .array(request.messages.map(Self.message))))
        return .object(members)
    }

    private var tools: [JSON] {
        request.tools.enumerated().map { index, tool in
            var members: [JSON.Member] = [
                .init("name", .string(tool.name)), .init("description", .string(tool.description)),
                .init("input_schema", tool.input.json),
            ]
            if index == request.tools.count - 1 { members.append(.init("cache_control", Self.cached)) }
            return .object(members)
        }
    }

    private static func message(_ message: ChatMessage) -> JSON {
        switch message {
        case .guest(let text): return ["role": "user", "content": .string(text)]
        case .assistant(let text, let calls):
            var blocks: [JSON] = text.isEmpty ? [] : [["type": "text", "text": .string(text)]]
            for call in calls {
                // Arguments that are not an object were answered with an error; the API accepts only objects.
                let input = (try? JSON(parsing: call.arguments)).flatMap { $0.members == nil ? nil : $0 } ?? [:]
                blocks.append(
                    ["type": "tool_use", "id": .string(call.id), "name": .string(call.name), "input": input])
            }
            return ["role": "assistant", "content": .array(blocks)]
        case .results(let outcomes):
            let blocks = outcomes.map { outcome -> JSON in
                [
                    "type": "tool_result", "tool_use_id": .string(outcome.callID),
                    "content": .string(outcome.content.description), "is_error": .bool(outcome.isError),
                ]
            }
            return ["role": "user", "content": .array(blocks)]
        }
    }
}
