internal import CentralStore
internal import HTTPTypes
internal import Hummingbird

/// Who is calling, by the bearer token (RFC 6750).
struct Authentication: Sendable {
    let tokens: TokenDirectory

    func caller(of request: Request, allowed roles: Set<Role>) async throws -> Caller {
        guard let field = request.headers[.authorization] else {
            throw AnswerError(
                .unauthorized, code: "token_missing", message: "This needs a token.",
                hint: "Send the header Authorization: Bearer <token>.",
                headers: [.wwwAuthenticate: #"Bearer realm="hearth""#])
        }
        guard let secret = Self.token(in: field), let caller = try await tokens.caller(holding: secret) else {
            throw AnswerError(
                .unauthorized, code: "token_invalid", message: "The token is unknown, revoked or expired.",
                hint: "Ask the operator for a new one, and send it as Authorization: Bearer <token>.",
                headers: [.wwwAuthenticate: #"Bearer realm="hearth", error="invalid_token""#])
        }
        guard roles.contains(caller.role) else {
            let needed = roles.map(\.rawValue).sorted().joined(separator: " or ")
            throw AnswerError(
                .forbidden, code: "role_not_allowed",
                message: "A token of the role \(caller.role.rawValue) is not allowed to do this.",
                hint: "This takes a token of the role \(needed).")
        }
        return caller
    }

    private static func token(in field: String) -> TokenSecret? {
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return TokenSecret(parts[1])
    }
}
