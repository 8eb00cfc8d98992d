package import JSON

/// Something that a model, or an MCP client, may have done. It acts with the rights that it was made with; its
/// arguments can't widen them.
package protocol Tool: Sendable {
    var definition: ToolDefinition { get }

    /// - Parameter arguments: an object that fits the definition's input schema.
    /// - Throws: `ToolError`, which the model gets to read; any other error it only hears of.
    func call(_ arguments: JSON) async throws -> ToolResult

    /// The same tool, called to answer `message`, the newest of the person's.
    func answering(_ message: String) -> any Tool
}

extension Tool {
    package func answering(_ message: String) -> any Tool { self }
}

package struct ToolDefinition: Sendable {
    /// `[a-z_]{1,64}`
    package var name: String
    /// For people.
    package var title: String
    /// For the model: what it does, when to use it, what comes back.
    package var description: String
    package var input: JSONSchema
    /// Whether it changes nothing, so that calls may run side by side.
    package var isReadOnly: Bool

    package init(name: String, title: String, description: String, input: JSONSchema, isReadOnly: Bool = true) {
        self.name = name
        self.title = title
        self.description = description
        self.input = input
        self.isReadOnly = isReadOnly
    }
}

package struct ToolResult: Sendable {
    package var content: JSON
    /// For people, one line.
    package var summary: String
    package var attachments: [Attachment]

    package init(content: JSON, summary: String, attachments: [Attachment] = []) {
        self.content = content
        self.summary = summary
        self.attachments = attachments
    }
}

/// Why a tool could not do what was asked, in a sentence that helps to ask better.
package struct ToolError: Error, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
