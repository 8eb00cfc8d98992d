public import CentralStore
public import HTTPTypes
public import Hummingbird

/// All paths of the service, who may use them, and what they do. Every path answers with and without its trailing
/// slash, and `HEAD` wherever there is `GET`.
public struct RouteBook {
    public typealias Open = @Sendable (Request, CallContext) async throws -> Response
    public typealias Guarded = @Sendable (Request, CallContext, Caller) async throws -> Response

    private let authentication: Authentication
    private var entries: [(route: Route, method: HTTPRequest.Method, handler: Open)] = []

    public init(tokens: TokenDirectory) {
        authentication = Authentication(tokens: tokens)
    }

    /// A path that everyone may use.
    ///
    /// - Parameter path: `/rooms/:room/data`.
    public mutating func open(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Open) {
        entries.append((Route(path: path, method: method), method, handler))
    }

    /// A path for the holders of tokens with one of `roles`.
    public mutating func add(
        _ method: HTTPRequest.Method, _ path: String, for roles: Set<Role>, _ handler: @escaping Guarded
    ) {
        let authentication = authentication
        open(method, path) { request, context in
            let caller = try await authentication.caller(of: request, allowed: roles)
            return try await handler(request, context, caller)
        }
    }

    public func responder() -> some HTTPResponder<CallContext> {
        let router = Router(context: CallContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ErrorAnswers(routes: entries.map(\.route)))
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
