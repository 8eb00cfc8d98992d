internal import APISupport
internal import Assistant
internal import Hummingbird
internal import JSON

/// The body of a `POST /chat`.
struct ChatRequestBody {
    let message: String
    let conversationID: String?

    /// Reads the body of a request.
    ///
    /// - Parameter request: The request, which keeps the body after it was read, so that the client's disconnection can
    ///   be detected.
    /// - Throws: `APIError` 400, 413 or 415.
    init(_ request: inout Request, limits: ChatLimits) async throws {
        let body = try await BodyRules(greatestBytes: limits.bodyBytes).collectedBytes(of: &request)
        try APIError.requireUniqueNames(in: body)
        let json: JSON
        do {
            json = try JSON(parsing: body)
        } catch {
            throw APIError.badRequest(
                code: "bad_json", "The body is \(error).", hint: #"Send {"message":"How warm is my room?"}."#)
        }
        guard let members = json.members else {
            throw APIError.badRequest(
                code: "bad_json", "The body must be a JSON object.", hint: #"Send {"message":"How warm is my room?"}."#)
        }
        if let other = members.first(where: { $0.name != "message" && $0.name != "conversation_id" }) {
            throw APIError.badRequest(
                code: "unknown_member", "Unknown member “\(other.name.prefix(80))”.",
                hint: "The members are message and conversation_id.")
        }
        guard let message = json["message"]?.text, message.contains(where: { !$0.isWhitespace }) else {
            throw APIError.badRequest(
                code: "bad_message", "The member message must be a non-empty string.", hint: "Ask something.")
        }
        guard message.unicodeScalars.count <= limits.messageCharacters else {
            throw APIError.badRequest(
                code: "message_too_long", "The message is longer than \(limits.messageCharacters) characters.",
                hint: "Send a shorter message.")
        }
        self.message = message
        switch json["conversation_id"] {
        case nil, .null?: conversationID = nil
        case .string(let id)?: conversationID = id
        default:
            throw APIError.badRequest(
                code: "bad_conversation_id", "The member conversation_id must be a string.",
                hint: "Send the one from a reply, or none to start a conversation.")
        }
    }
}
