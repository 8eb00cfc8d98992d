package import JSON

/// An action that a model or an MCP client can request. It acts with the rights it was created with; its arguments
/// can't extend them.
package protocol Tool: Sendable {
    /// The tool's name, description and input schema.
    var definition: ToolDefinition { get }

    /// Performs the action.
    ///
    /// - Parameter arguments: An object that fits the definition's input schema.
    /// - Throws: `ToolError`, whose text the model gets. Of any other error it learns only that it happened.
    func call(_ arguments: JSON) async throws -> ToolResult

    /// Returns the same tool for answering `message`, the person's newest message.
    func answering(_ message: String) -> any Tool
}

extension Tool {
    /// Returns the tool itself, the default.
    package func answering(_ message: String) -> any Tool { self }
}

/// The description of a tool for models and clients.
package struct ToolDefinition: Sendable {
    /// The name: `[a-z_]{1,64}`.
    package var name: String
    /// The title for people.
    package var title: String
    /// The description for the model: the action, when to use it, and its result.
    package var description: String
    /// The schema of the arguments.
    package var input: JSONSchema
    /// A Boolean value that indicates whether the tool changes nothing, so that calls may run concurrently.
    package var isReadOnly: Bool

    /// Creates a definition.
    package init(name: String, title: String, description: String, input: JSONSchema, isReadOnly: Bool = true) {
        self.name = name
        self.title = title
        self.description = description
        self.input = input
        self.isReadOnly = isReadOnly
    }
}

/// The result of a successful call.
package struct ToolResult: Sendable {
    /// The result for the model.
    package var content: JSON
    /// The result for people, in one line.
    package var summary: String
    /// The files of the result, for the guest.
    package var attachments: [Attachment]

    /// Creates a result.
    package init(content: JSON, summary: String, attachments: [Attachment] = []) {
        self.content = content
        self.summary = summary
        self.attachments = attachments
    }
}

/// The reason a tool could not carry out a call, with a hint for a better call.
package struct ToolError: Error, Sendable, CustomStringConvertible {
    /// The reason, for the model.
    package var description: String

    /// Creates an error.
    package init(_ description: String) { self.description = description }
}
