internal import HTTPTypes
internal import Hummingbird
internal import Storage

/// Identifies callers by their bearer token (RFC 6750).
struct Authentication: Sendable {
    let tokens: TokenAuthenticator

    /// Returns the caller that holds the request's token.
    ///
    /// - Parameter grace: The time for which a token that was valid before is still accepted while the database is
    ///   down.
    /// - Throws: `APIError` 401 without a valid token, 403 for another role; `StoreError.unavailable`.
    func caller(of request: Request, allowed roles: Set<Role>, grace: Duration = .zero) async throws -> Caller {
        guard let field = request.headers[.authorization] else {
            throw APIError(
                .unauthorized, code: "token_missing", message: "A token is required.",
                hint: "Send the header Authorization: Bearer <token>.",
                headers: [.wwwAuthenticate: #"Bearer realm="hearth""#])
        }
        guard let secret = Self.token(in: field), let caller = try await tokens.caller(holding: secret, grace: grace)
        else {
            throw APIError(
                .unauthorized, code: "token_invalid", message: "The token is unknown, revoked or expired.",
                hint: "Ask the operator for a new one and send it as Authorization: Bearer <token>.",
                headers: [.wwwAuthenticate: #"Bearer realm="hearth", error="invalid_token""#])
        }
        guard roles.contains(caller.role) else {
            let needed = roles.map(\.rawValue).sorted().joined(separator: " or ")
            throw APIError(
                .forbidden, code: "role_not_allowed",
                message: "A token of the role \(caller.role.rawValue) is not allowed to do this.",
                hint: "It requires the role \(needed).")
        }
        return caller
    }

    static func token(in field: String) -> TokenSecret? {
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return TokenSecret(parts[1])
    }
}

/// A repeatable check that a caller still has the access it was granted.
package struct Standing: Sendable {
    private let authentication: Authentication
    private let secret: TokenSecret?
    private let caller: Caller

    init(authentication: Authentication, request: Request, caller: Caller) {
        self.authentication = authentication
        secret = request.headers[.authorization].flatMap(Authentication.token(in:))
        self.caller = caller
    }

    /// Returns whether the token is still valid and allows the same. Like every request, it relies on a cached check
    /// that is at most ten seconds old.
    ///
    /// - Throws: `StoreError.unavailable`.
    package func isGood() async throws -> Bool {
        guard let secret else { return false }
        return try await authentication.tokens.caller(holding: secret) == caller
    }
}
