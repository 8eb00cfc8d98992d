package import JSON

/// A message of a conversation, as it is stored and as models get it.
package enum ChatMessage: Sendable, Equatable {
    /// The text of a guest or an operator.
    case guest(String)
    /// The model's text and tool calls; either may be empty.
    case assistant(text: String, calls: [ToolCall])
    /// The results of the previous message's calls, in their order.
    case results([ToolOutcome])
}

/// A model's request to call a tool.
package struct ToolCall: Sendable, Equatable {
    /// The id of the call, unique within its conversation.
    package var id: String
    /// The name of the tool.
    package var name: String
    /// The arguments as the model wrote them: unchecked, possibly not valid JSON.
    package var arguments: String

    /// Creates a call.
    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// The outcome of a tool call.
package struct ToolOutcome: Sendable, Equatable {
    /// The id of the call.
    package var callID: String
    /// The name of the tool.
    package var name: String
    /// A Boolean value that indicates whether the call failed.
    package var isError: Bool
    /// The result for the model as JSON, or `{"error":"…"}`.
    package var content: JSON
    /// The result for people, in one line.
    package var summary: String
    /// The files of the result, for the guest.
    package var attachments: [Attachment]

    /// Creates an outcome.
    package init(
        callID: String, name: String, isError: Bool, content: JSON, summary: String, attachments: [Attachment] = []
    ) {
        self.callID = callID
        self.name = name
        self.isError = isError
        self.content = content
        self.summary = summary
        self.attachments = attachments
    }
}

/// A file that the guest can download.
package struct Attachment: Sendable, Equatable {
    /// The name with its extension: `energy_2026-11-20.csv`.
    package var name: String
    /// The signed URL, which expires. It is sent only to the guest, never to a model.
    package var url: String
    /// The media type: `text/csv`.
    package var mediaType: String

    /// Creates an attachment.
    package init(name: String, url: String, mediaType: String) {
        self.name = name
        self.url = url
        self.mediaType = mediaType
    }

    /// The attachment with the member names of the chat's API.
    package var json: JSON { ["name": .string(name), "url": .string(url), "media_type": .string(mediaType)] }
}
