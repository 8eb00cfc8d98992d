package import Assistant
import HTTPClient
package import JSON

/// What the two kinds of provider say on the wire, as their documentation shows it.
package enum Wire: CaseIterable, Sendable {
    case anthropic
    case openAI

    package static let key = "sk-very-secret-0123456789"

    package func model(_ server: ScriptedServer, idle: Duration = .seconds(5)) -> any ChatModel {
        var http = HTTPStream.Settings()
        http.idleTimeout = idle
        switch self {
        case .anthropic:
            var settings = AnthropicModel.Settings(key: APIKey(Self.key)!)
            settings.baseURL = server.url
            settings.model = "claude-test"
            settings.http = http
            return AnthropicModel(settings: settings)
        case .openAI:
            var settings = OpenAIModel.Settings()
            settings.key = APIKey(Self.key)
            settings.baseURL = server.url + "/v1"
            settings.model = "gpt-test"
            settings.http = http
            return OpenAIModel(settings: settings)
        }
    }

    private func event(_ json: JSON) -> String {
        switch self {
        case .anthropic: "event: \(json["type"]?.text ?? "")\ndata: \(json)\n\n"
        case .openAI: "data: \(json)\n\n"
        }
    }

    private func delta(_ delta: JSON, finish: JSON = .null) -> String {
        event([
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_694_268_190, "model": "gpt-test",
            "choices": [["index": 0, "delta": delta, "logprobs": .null, "finish_reason": finish]],
        ])
    }

    /// The begin of an answer.
    package var opening: String {
        switch self {
        case .anthropic:
            event([
                "type": "message_start",
                "message": [
                    "id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "claude-test",
                    "stop_reason": .null, "stop_sequence": .null,
                    "usage": ["input_tokens": 25, "cache_read_input_tokens": 900, "output_tokens": 1],
                ],
            ]) + event(["type": "ping"])
        case .openAI: delta(["role": "assistant", "content": "", "refusal": .null])
        }
    }

    /// A block of text in pieces.
    package func text(_ pieces: [String]) -> String {
        switch self {
        case .anthropic:
            event(["type": "content_block_start", "index": 0, "content_block": ["type": "text", "text": ""]])
                + event(["type": "ping"])
                + pieces.map {
                    event([
                        "type": "content_block_delta", "index": 0,
                        "delta": ["type": "text_delta", "text": .string($0)],
                    ])
                }.joined() + event(["type": "content_block_stop", "index": 0])
        case .openAI: pieces.map { delta(["content": .string($0)]) }.joined()
        }
    }

    /// Tool calls, their arguments in pieces, one after another's piece where the provider allows that.
    package func calls(_ calls: [(id: String, name: String, pieces: [String])]) -> String {
        switch self {
        case .anthropic:
            calls.enumerated().map { index, call in
                let number = JSON.integer(index + 1)
                return event([
                    "type": "content_block_start", "index": number,
                    "content_block": [
                        "type": "tool_use", "id": .string(call.id), "name": .string(call.name), "input": [:],
                    ],
                ])
                    + ([""] + call.pieces).map {
                        event([
                            "type": "content_block_delta", "index": number,
                            "delta": ["type": "input_json_delta", "partial_json": .string($0)],
                        ])
                    }.joined() + event(["type": "content_block_stop", "index": number])
            }.joined()
        case .openAI:
            calls.enumerated().map { index, call in
                delta([
                    "tool_calls": [
                        [
                            "index": .integer(index), "id": .string(call.id), "type": "function",
                            "function": ["name": .string(call.name), "arguments": ""],
                        ]
                    ]
                ])
            }.joined()
                + (0..<(calls.map(\.pieces.count).max() ?? 0)).flatMap { piece in
                    calls.enumerated().compactMap { index, call in
                        guard call.pieces.indices.contains(piece) else { return nil }
                        return delta([
                            "tool_calls": [
                                ["index": .integer(index), "function": ["arguments": .string(call.pieces[piece])]]
                            ]
                        ])
                    }
                }.joined()
        }
    }

    package enum Stop { case end, tools, length, refusal }

    package func closing(_ stop: Stop) -> String {
        switch self {
        case .anthropic:
            let reason: JSON =
                switch stop {
                case .end: "end_turn"
                case .tools: "tool_use"
                case .length: "max_tokens"
                case .refusal: "refusal"
                }
            return event([
                "type": "message_delta", "delta": ["stop_reason": reason, "stop_sequence": .null],
                "usage": ["output_tokens": 15],
            ]) + event(["type": "message_stop"])
        case .openAI:
            let reason: JSON =
                switch stop {
                case .end: "stop"
                case .tools: "tool_calls"
                case .length: "length"
                case .refusal: "content_filter"
                }
            return delta([:], finish: reason)
                + event([
                    "id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [],
                    "usage": ["prompt_tokens": 925, "completion_tokens": 15, "total_tokens": 940],
                ]) + "data: [DONE]\n\n"
        }
    }

    /// Where the service finds this provider: the environment of `hearth-central`.
    package func environment(_ server: ScriptedServer) -> [String: String] {
        switch self {
        case .anthropic: ["ANTHROPIC_API_KEY": Self.key, "ANTHROPIC_BASE_URL": server.url]
        case .openAI: ["OPENAI_API_KEY": Self.key, "OPENAI_BASE_URL": server.url + "/v1"]
        }
    }

    package func answer(_ pieces: [String]) -> String { opening + text(pieces) + closing(.end) }

    package func request(_ calls: [(id: String, name: String, pieces: [String])]) -> String {
        opening + self.calls(calls) + closing(.tools)
    }

    /// An error's body, which in the middle of a stream is an event.
    package func error(_ type: String, _ message: String) -> JSON {
        switch self {
        case .anthropic:
            ["type": "error", "error": ["type": .string(type), "message": .string(message)]]
        case .openAI:
            ["error": ["message": .string(message), "type": .string(type), "param": .null, "code": .null]]
        }
    }

    package func errorEvent(_ type: String) -> String { event(error(type, "Overloaded")) }

    package var overloaded: ScriptedServer.Script {
        switch self {
        case .anthropic: .failure(529, error("overloaded_error", "Overloaded"))
        case .openAI: .failure(503, error("server_error", "The engine is currently overloaded"))
        }
    }

    /// - Parameter header: `retry-after` in seconds, or OpenAI's `retry-after-ms`.
    package func rateLimited(after time: String, header: String = "retry-after") -> ScriptedServer.Script {
        .failure(429, error("rate_limit_error", "Too many"), headers: [header: time])
    }
}
