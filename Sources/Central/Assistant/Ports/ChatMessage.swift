package import JSON

/// One entry of a conversation, as it is kept and as models get it.
package enum ChatMessage: Sendable, Equatable {
    /// What the guest, or an operator, wrote.
    case guest(String)
    /// What the model said, and the tools that it wants called; either may be empty.
    case assistant(text: String, calls: [ToolCall])
    /// What the calls of the message before gave, in their order.
    case results([ToolOutcome])
}

/// A model's wish to have a tool called.
package struct ToolCall: Sendable, Equatable {
    /// Names the call within its conversation.
    package var id: String
    package var name: String
    /// As the model wrote them: not checked, perhaps not even JSON.
    package var arguments: String

    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// What became of a call.
package struct ToolOutcome: Sendable, Equatable {
    package var callID: String
    package var name: String
    package var isError: Bool
    /// For the model: the result as JSON, or `{"error":"…"}`.
    package var content: JSON
    /// For people, one line.
    package var summary: String
    package var attachments: [Attachment]

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

/// A file that the guest can fetch.
package struct Attachment: Sendable, Equatable {
    /// With extension: `energy_2026-11-20.csv`.
    package var name: String
    /// Signed and expiring. It goes to the guest only, never to a model.
    package var url: String
    package var mediaType: String

    package init(name: String, url: String, mediaType: String) {
        self.name = name
        self.url = url
        self.mediaType = mediaType
    }

    /// As the chat's contract names the members.
    package var json: JSON { ["name": .string(name), "url": .string(url), "media_type": .string(mediaType)] }
}
