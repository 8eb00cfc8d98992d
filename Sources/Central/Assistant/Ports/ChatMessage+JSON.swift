package import JSON

/// The stored form of messages. Links are not stored, because they expire before the conversation.
extension ChatMessage {
    /// The message as it is stored.
    package var json: JSON {
        switch self {
        case .guest(let text): ["role": "guest", "text": .string(text)]
        case .assistant(let text, let calls):
            ["role": "assistant", "text": .string(text), "calls": .array(calls.map(\.json))]
        case .results(let outcomes): ["role": "results", "outcomes": .array(outcomes.map(\.json))]
        }
    }

    /// Reads a stored message; `nil` if `json` was not written by `ChatMessage.json`.
    package init?(json: JSON) {
        switch json["role"]?.text {
        case "guest":
            guard let text = json["text"]?.text else { return nil }
            self = .guest(text)
        case "assistant":
            guard let text = json["text"]?.text, let calls = json["calls"]?.elements else { return nil }
            let read = calls.compactMap(ToolCall.init(json:))
            guard read.count == calls.count else { return nil }
            self = .assistant(text: text, calls: read)
        case "results":
            guard let outcomes = json["outcomes"]?.elements else { return nil }
            let read = outcomes.compactMap(ToolOutcome.init(json:))
            guard read.count == outcomes.count else { return nil }
            self = .results(read)
        default: return nil
        }
    }
}

extension ToolCall {
    var json: JSON { ["id": .string(id), "name": .string(name), "arguments": .string(arguments)] }

    init?(json: JSON) {
        guard let id = json["id"]?.text, let name = json["name"]?.text, let arguments = json["arguments"]?.text else {
            return nil
        }
        self.init(id: id, name: name, arguments: arguments)
    }
}

extension ToolOutcome {
    var json: JSON {
        [
            "call_id": .string(callID), "name": .string(name), "is_error": .bool(isError), "content": content,
            "summary": .string(summary),
        ]
    }

    init?(json: JSON) {
        guard let callID = json["call_id"]?.text, let name = json["name"]?.text, let isError = json["is_error"]?.bool,
            let content = json["content"], let summary = json["summary"]?.text
        else { return nil }
        self.init(callID: callID, name: name, isError: isError, content: content, summary: summary)
    }
}
