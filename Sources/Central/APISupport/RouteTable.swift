package import HTTPTypes
package import Hummingbird
package import Storage

/// All paths of the service, who may use them, and what they do. Every path answers with and without its trailing
/// slash, and `HEAD` wherever there is `GET`.
package struct RouteTable {
    package typealias Open = @Sendable (Request, CallContext) async throws -> Response
    package typealias Guarded = @Sendable (Request, CallContext, Caller) async throws -> Response

    private let authentication: Authentication
    private var entries: [(route: Route, method: HTTPRequest.Method, handler: Open)] = []
    /// What the interface consists of, and who may do it. Pages and their files are no part of it.
    package private(set) var operations: [Operation] = []

    /// A method of a path, and who may use it.
    package struct Operation: Hashable, Sendable {
        /// `GET`
        package var method: String
        /// `/rooms/:room/data`
        package var path: String
        /// `nil` where everyone may, without a token.
        package var roles: Set<Role>?
    }

    package init(tokens: TokenAuthenticator) {
        authentication = Authentication(tokens: tokens)
    }

    /// A path that everyone may use.
    ///
    /// - Parameter path: `/rooms/:room/data`.
    package mutating func open(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Open) {
        operations.append(Operation(method: method.rawValue, path: path))
        answer(method, path, handler)
    }

    /// A page, or a file that pages are made of: for everyone's eyes, because there is nothing in it that is not in
    /// the program.
    package mutating func file(_ path: String, _ handler: @escaping Open) { answer(.get, path, handler) }

    /// A path for the holders of tokens with one of `roles`.
    ///
    /// - Parameter grace: so long a token that was valid before is believed in while the database is away: for what is
    ///   needed just then.
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

    /// A path whose answer goes on for as long as the caller likes: it is told how to make sure, now and then, that the
    /// caller may still have it.
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

    /// A path that is a page to people and an interface to programs: who asks for HTML, or for nothing and without a
    /// token, gets the page.
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

    /// - Parameter meter: sees every request.
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

/// A path and a method that it answers.
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
