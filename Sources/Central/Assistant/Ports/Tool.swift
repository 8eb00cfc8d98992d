public import JSON

/// Something that a model, or an MCP client, may have done. It acts with the rights that it was made with; its
/// arguments can't widen them.
public protocol Tool: Sendable {
    var definition: ToolDefinition { get }

    /// - Parameter arguments: an object that fits the definition's input schema.
    /// - Throws: `ToolError`, which the model gets to read; any other error it only hears of.
    func call(_ arguments: JSON) async throws -> ToolResult

    /// The same tool, called to answer `message`, the newest of the person's.
    func answering(_ message: String) -> any Tool
}

extension Tool {
    public func answering(_ message: String) -> any Tool { self }
}

public struct ToolDefinition: Sendable {
    /// `[a-z_]{1,64}`
    public var name: String
    /// For people.
    public var title: String
    /// For the model: what it does, when to use it, what comes back.
    public var description: String
    public var input: JSONSchema
    /// Whether it changes nothing, so that calls may run side by side.
    public var isReadOnly: Bool

    public init(name: String, title: String, description: String, input: JSONSchema, isReadOnly: Bool = true) {
        self.name = name
        self.title = title
        self.description = description
        self.input = input
        self.isReadOnly = isReadOnly
    }
}

public struct ToolResult: Sendable {
    public var content: JSON
    /// For people, one line.
    public var summary: String
    public var attachments: [Attachment]

    public init(content: JSON, summary: String, attachments: [Attachment] = []) {
        self.content = content
        self.summary = summary
        self.attachments = attachments
    }
}

/// Why a tool could not do what was asked, in a sentence that helps to ask better.
public struct ToolError: Error, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
