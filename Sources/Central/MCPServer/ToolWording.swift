internal import Assistant
internal import Foundation
internal import JSON

/// The format of tools and their results in the Model Context Protocol.
struct ToolWording {
    let version: ProtocolVersion
    /// The start of links, without a trailing slash.
    let address: String

    static func json(_ tool: ToolDefinition) -> JSON {
        [
            "name": .string(tool.name), "title": .string(tool.title), "description": .string(tool.description),
            "inputSchema": tool.input.json,
            "annotations": [
                "title": .string(tool.title), "readOnlyHint": .bool(tool.isReadOnly), "destructiveHint": false,
                "idempotentHint": true, "openWorldHint": false,
            ],
        ]
    }

    /// Returns the members of a call's result: structured for programs, and the same as text for models.
    func members(_ outcome: ToolOutcome) -> [JSON.Member] {
        let text = outcome.isError ? outcome.summary : outcome.content.description
        var content: [JSON] = [["type": "text", "text": .string(text)]]
        content += outcome.attachments.map(link)
        var members: [JSON.Member] = [.init("content", .array(content))]
        if !outcome.isError { members.append(.init("structuredContent", outcome.content)) }
        return members + [.init("isError", .bool(outcome.isError))]
    }

    private func link(_ file: Attachment) -> JSON {
        guard version.knowsResourceLinks else {
            return ["type": "text", "text": .string("\(file.name): \(address)\(file.url)")]
        }
        return [
            "type": "resource_link", "uri": .string(address + file.url), "name": .string(file.name),
            "mimeType": .string(file.mediaType),
        ]
    }
}
