package import HTTPTypes
package import Hummingbird
package import Storage

/// The paths of the service with their access rules and handlers. Every path answers with and without its trailing
/// slash, and answers `HEAD` if it answers `GET`.
package struct RouteTable {
    /// The handler of a path without a token.
    package typealias Open = @Sendable (Request, CallContext) async throws -> Response
    /// The handler of a path that requires a token.
    package typealias Guarded = @Sendable (Request, CallContext, Caller) async throws -> Response

    private let authentication: Authentication
    private var entries: [(route: Route, method: HTTPRequest.Method, handler: Open)] = []
    /// The operations of the API and their roles. Pages and their files are not included.
    package private(set) var operations: [Operation] = []

    /// A method of a path and the roles that may use it.
    package struct Operation: Hashable, Sendable {
        /// The HTTP method: `GET`.
        package var method: String
        /// The path with its parameters: `/rooms/:room/data`.
        package var path: String
        /// The roles that may use the operation; `nil` if it needs no token.
        package var roles: Set<Role>?
    }

    /// Creates an empty table whose guarded paths check tokens with `tokens`.
    package init(tokens: TokenAuthenticator) {
        authentication = Authentication(tokens: tokens)
    }

    /// Adds a path that needs no token.
    ///
    /// - Parameter path: The path with its parameters, such as `/rooms/:room/data`.
    package mutating func open(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Open) {
        operations.append(Operation(method: method.rawValue, path: path))
        answer(method, path, handler)
    }

    /// Adds a page or one of its files. It needs no token, because it holds nothing that is not in the program itself.
    package mutating func file(_ path: String, _ handler: @escaping Open) { answer(.get, path, handler) }

    /// Adds a path for the holders of tokens with one of `roles`.
    ///
    /// - Parameter grace: The time for which a token that was valid before is still accepted while the database is
    ///   down, for paths needed just then.
    package mutating func add(
        _ method: HTTPRequest.Method, _ path: String, for roles: Set<Role>, grace: Duration = .zero,
        _ handler: @escaping Guarded
    ) {
        let authentication = authentication
        operations.append(Operation(method: method.rawValue, path: path, roles: roles))
        answer(method, path) { request, context in
            let caller = try await authentication.caller(of: request, allowed: roles, grace: grace)
            return try await handler(request, context, caller)
        }
    }

    /// Adds a path whose answer continues for as long as the caller likes. The handler gets a `Standing` with which it
    /// checks now and then that the caller still has access.
    package mutating func addStream(
        _ path: String, for roles: Set<Role>,
        _ handler: @escaping @Sendable (Request, CallContext, Caller, Standing) async throws -> Response
    ) {
        let authentication = authentication
        operations.append(Operation(method: HTTPRequest.Method.get.rawValue, path: path, roles: roles))
        answer(.get, path) { request, context in
            let caller = try await authentication.caller(of: request, allowed: roles)
            let standing = Standing(authentication: authentication, request: request, caller: caller)
            return try await handler(request, context, caller, standing)
        }
    }

    /// Adds a path that is a page to people and an API to programs. A request without a query gets the page if it asks
    /// for HTML or has no token.
    package mutating func addBehindPage(
        _ path: String, for roles: Set<Role>, page: @escaping Open, _ handler: @escaping Guarded
    ) {
        let authentication = authentication
        operations.append(Operation(method: HTTPRequest.Method.get.rawValue, path: path, roles: roles))
        answer(.get, path) { request, context in
            let wantsPage =
                AcceptedTypes(request.headers).names("text/html")
                || request.headers[.authorization] == nil
            if (request.uri.query ?? "").isEmpty, wantsPage { return try await page(request, context) }
            let caller = try await authentication.caller(of: request, allowed: roles)
            return try await handler(request, context, caller)
        }
    }

    private mutating func answer(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Open) {
        entries.append((Route(path: path, method: method), method, handler))
    }

    /// Returns the responder for all paths of the table.
    ///
    /// - Parameter meter: Measures every request.
    package func responder(meter: HTTPMeter? = nil) -> some HTTPResponder<CallContext> {
        let router = Router(context: CallContext.self, options: .autoGenerateHeadEndpoints)
        if let meter { router.add(middleware: MeteredAnswers(meter: meter)) }
        router.add(middleware: ErrorAnswers(routes: entries.map(\.route)))
        router.add(middleware: RequestLineBounds())
        router.add(middleware: RequestsOnWorkers())
        for entry in entries {
            router.on(RouterPath(entry.route.path), method: entry.method, use: entry.handler)
        }
        return router.buildResponder()
    }
}

/// A path and the methods it answers.
struct Route: Sendable {
    let path: String
    let methods: [String]

    init(path: String, method: HTTPRequest.Method) {
        self.path = path
        methods = method == .get ? ["GET", "HEAD"] : [method.rawValue]
    }

    func matches(_ requested: String) -> Bool {
        let pattern = path.split(separator: "/")
        let parts = requested.split(separator: "/")
        return pattern.count == parts.count
            && zip(pattern, parts).allSatisfy { $0.first == ":" || $0 == $1 }
    }
}
