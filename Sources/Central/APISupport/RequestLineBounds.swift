internal import Hummingbird

/// Refuses request lines longer than any that the service could need.
struct RequestLineBounds: RouterMiddleware {
    /// The longest path, in percent-encoded bytes.
    static let longestPath = 2048
    /// The longest query, in percent-encoded bytes.
    static let longestQuery = 8192

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        try Self.check(request.uri.path.utf8.count, "path", limit: Self.longestPath)
        try Self.check(request.uri.query?.utf8.count ?? 0, "query", limit: Self.longestQuery)
        return try await next(request, context)
    }

    private static func check(_ length: Int, _ part: String, limit: Int) throws(APIError) {
        guard length > limit else { return }
        throw APIError(
            .uriTooLong, code: "uri_too_long",
            message: "The \(part) of the address has \(length) bytes; the limit is \(limit).",
            hint: part == "query" ? "Request less at once." : "The lists start at /hotels/; /docs describes all paths.")
    }
}
