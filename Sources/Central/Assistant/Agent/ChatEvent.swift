package import JSON

/// An event while a question is answered. Events come in order, and `done` comes last, even after `error`. When the
/// reader leaves, no more events come.
package enum ChatEvent: Sendable, Equatable {
    /// The next part of the answer's text.
    case text(String)
    /// A tool call, with the tool's title for people.
    case toolCall(ToolCall, title: String)
    /// The result of a tool call.
    case toolResult(ToolOutcome)
    /// The reason the answer is incomplete. The explanation for the guest comes as `text`.
    case error(ChatProblem)
    /// The end, with the whole answer.
    case done(ChatReply)

    /// The name of the server-sent event: `text`, `tool_call`, `tool_result`, `error`, `done`.
    package var name: String {
        switch self {
        case .text: "text"
        case .toolCall: "tool_call"
        case .toolResult: "tool_result"
        case .error: "error"
        case .done: "done"
        }
    }

    /// The data of the server-sent event.
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

    /// The whole server-sent event, including the empty line at its end.
    package var serverSentEvent: String { "event: \(name)\ndata: \(json)\n\n" }
}

/// The whole answer, for clients that request one JSON object.
package struct ChatReply: Sendable, Equatable {
    /// The id by which the client continues the conversation.
    package var conversationID: String
    /// The text of the answer.
    package var reply: String
    /// The tool calls in order, with their results.
    package var outcomes: [(ToolCall, ToolOutcome)]

    /// The files of all results, in order.
    package var attachments: [Attachment] { outcomes.flatMap { $1.attachments } }

    /// The answer as JSON.
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

    /// Returns whether all parts are equal.
    package static func == (left: Self, right: Self) -> Bool {
        left.conversationID == right.conversationID && left.reply == right.reply
            && left.outcomes.elementsEqual(right.outcomes, by: ==)
    }
}

/// The reason an answer is incomplete, for programs.
package struct ChatProblem: Sendable, Equatable {
    /// The reason's code: `model_overloaded`, `too_many_steps`, `message_too_long`…
    package var code: String
    /// The reason in English, for developers of clients.
    package var message: String
    /// The remedy in English.
    package var hint: String
}

extension ToolCall {
    /// The arguments as a JSON value, or as a string if they are not valid JSON.
    var readableArguments: JSON {
        if arguments.isEmpty { return [:] }
        return (try? JSON(parsing: arguments)) ?? .string(arguments)
    }
}
