internal import HTTPTypes
package import Hummingbird
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import Storage

/// Turns every error into an answer in Hearth's form, so that no client gets an empty 500 or a bare 404. Our own faults
/// are logged with an id, and the caller is told only the id.
package struct ErrorAnswers: RouterMiddleware {
    private let routes: [Route]

    init(routes: [Route]) { self.routes = routes }

    /// Calls the rest of the chain, and turns an error into an answer with headers that prevent sniffing and caching.
    package func handle(
        _ request: Request, context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound && request.method == .options {
            response = options(request)
        } catch {
            response = answer(to: error, request: request, context: context).response
        }
        // Browsers must not guess another type than the one that was sent.
        if response.headers[.xContentTypeOptions] == nil { response.headers[.xContentTypeOptions] = "nosniff" }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        // The answer to HEAD is the answer to GET without its body.
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(to error: any Error, request: Request, context: CallContext) -> APIError {
        switch error {
        case let error as APIError: return error
        case let error as StoreError:
            if case .unavailable(let reason) = error { turnedAway(reason, context) }
            if case .outcomeUnknown(let reason) = error { turnedAway(reason, context) }
            return APIError(error)
        case is NIOTooManyBytesError:
            return APIError(
                .contentTooLarge, code: "body_too_large", message: "The request body is too large.",
                hint: "Send less at once.")
        case let error as HTTPError where error.status == .notFound: return unknownPath(request)
        case let error as HTTPError:
            return APIError(
                error.status, code: "bad_request", message: error.body ?? error.status.reasonPhrase,
                headers: error.headers)
        case is HTTPParserError, is ChannelError, is IOError:
            // The client hung up during the request and won't read this.
            return APIError(
                .badRequest, code: "incomplete_request", message: "The request ended before it was complete.",
                hint: "Send it again.")
        case is CancellationError:
            return .tryLater(code: "shutting_down", "The service is shutting down.")
        default: return ownFault(error, request: request, context: context)
        }
    }

    private func turnedAway(_ reason: String, _ context: CallContext) {
        context.logger.debug("Request rejected: database not available", metadata: ["reason": "\(reason)"])
    }

    private func methods(at path: String) -> Set<String> {
        Set(routes.filter { $0.matches(path) }.flatMap(\.methods))
    }

    /// Returns the methods available at the requested path, to any caller.
    private func options(_ request: Request) -> Response {
        let methods = methods(at: request.uri.path)
        guard !methods.isEmpty else { return unknownPath(request).response }
        let allowed = methods.union(["OPTIONS"]).sorted().joined(separator: ", ")
        return Response(status: .noContent, headers: [.allow: allowed])
    }

    private func unknownPath(_ request: Request) -> APIError {
        let path = request.uri.path
        let methods = methods(at: path)
        guard !methods.isEmpty else {
            return .notFound(
                code: "unknown_path", "There is nothing at \(path.prefix(200)).",
                hint: "The lists start at /hotels/; /docs describes all paths.")
        }
        let allowed = methods.sorted().joined(separator: ", ")
        return APIError(
            .methodNotAllowed, code: "method_not_allowed",
            message: "\(request.method.rawValue) is not allowed here.", hint: "Allowed: \(allowed).",
            headers: [.allow: allowed])
    }

    private func ownFault(_ error: any Error, request: Request, context: CallContext) -> APIError {
        context.logger.error(
            "Request failed",
            metadata: [
                "error": "\(error)", "method": "\(request.method.rawValue)", "path": "\(request.uri.path)",
            ])
        return APIError(
            .internalServerError, code: "internal_error", message: "The service failed to handle the request.",
            hint: "See the service's log for hb.request.id=\(context.id).")
    }
}
