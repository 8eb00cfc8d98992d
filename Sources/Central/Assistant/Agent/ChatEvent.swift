package import JSON

/// What happens while a question is answered, in the order in which it happens. `done` comes last, also after `error`;
/// when the reader leaves early nothing more comes.
package enum ChatEvent: Sendable, Equatable {
    /// The next piece of the answer.
    case text(String)
    case toolCall(ToolCall, title: String)
    case toolResult(ToolOutcome)
    /// Why the answer is not what was asked for. What the guest reads about it has come as `text`.
    case error(ChatProblem)
    case done(ChatReply)

    /// Of the server-sent event: `text`, `tool_call`, `tool_result`, `error`, `done`.
    package var name: String {
        switch self {
        case .text: "text"
        case .toolCall: "tool_call"
        case .toolResult: "tool_result"
        case .error: "error"
        case .done: "done"
        }
    }

    /// The server-sent event's data.
    package var json: JSON {
        switch self {
        case .text(let text): ["text": .string(text)]
        case .toolCall(let call, let title):
            [
                "id": .string(call.id), "name": .string(call.name), "title": .string(title),
                "arguments": call.readableArguments,
            ]
        case .toolResult(let outcome):
            [
                "id": .string(outcome.callID), "name": .string(outcome.name), "is_error": .bool(outcome.isError),
                "summary": .string(outcome.summary), "result": outcome.content,
                "attachments": .array(outcome.attachments.map(\.json)),
            ]
        case .error(let problem):
            [
                "code": .string(problem.code), "message": .string(problem.message), "hint": .string(problem.hint),
            ]
        case .done(let reply): reply.json
        }
    }

    /// The whole server-sent event, with the empty line at its end.
    package var serverSentEvent: String { "event: \(name)\ndata: \(json)\n\n" }
}

/// The whole answer, for clients that want one JSON object.
package struct ChatReply: Sendable, Equatable {
    package var conversationID: String
    package var reply: String
    package var outcomes: [(ToolCall, ToolOutcome)]

    package var attachments: [Attachment] { outcomes.flatMap { $1.attachments } }

    package var json: JSON {
        [
            "conversation_id": .string(conversationID), "reply": .string(reply),
            "tool_calls": .array(
                outcomes.map { call, outcome in
                    [
                        "id": .string(call.id), "name": .string(call.name), "arguments": call.readableArguments,
                        "is_error": .bool(outcome.isError), "summary": .string(outcome.summary),
                    ]
                }),
            "attachments": .array(attachments.map(\.json)),
        ]
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.conversationID == right.conversationID && left.reply == right.reply
            && left.outcomes.elementsEqual(right.outcomes, by: ==)
    }
}

package struct ChatProblem: Sendable, Equatable {
    /// `model_overloaded`, `too_many_steps`, `message_too_long`…
    package var code: String
    /// English, for whoever builds on the chat.
    package var message: String
    package var hint: String
}

extension ToolCall {
    /// As an object where they are one, else as the text that they are.
    var readableArguments: JSON {
        if arguments.isEmpty { return [:] }
        return (try? JSON(parsing: arguments)) ?? .string(arguments)
    }
}
