package import APISupport
internal import Assistant
package import AssistantTools
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Storage

/// The limits for other assistants.
package struct MCPLimits: Sendable {
    /// The largest number of calls answered at the same time.
    package var calls = 64
    /// The largest number of calls with one token answered at the same time.
    package var callsPerToken = 8
    /// The largest number of calls per minute with one token.
    package var callsPerMinute = 120

    /// Creates the default limits.
    package init() {}
}

/// The route `POST /mcp`: the chat's tools for other assistants, by the Model Context Protocol over streamable HTTP.
///
/// It is stateless, as the specification allows: there are no sessions, each request is answered on its own with one
/// JSON object, and the token alone decides the tools.
package struct MCPRoutes: Sendable {
    private let issuer: ToolIssuer
    private let admission: ConcurrencyLimiter
    private let publicURL: String?
    private let origins: Set<String>

    private static let path = "/mcp"
    /// The rules for a body; a call's arguments have at most 8 KiB.
    private static let body = BodyRules(greatestBytes: 64 * 1024)
    private static let batch = 16

    /// Creates the route.
    ///
    /// - Parameter publicURL: The URL at which people reach the service, without a trailing slash; `nil` for the
    ///   address of each request.
    package init(issuer: ToolIssuer, limits: MCPLimits, publicURL: String?) {
        self.issuer = issuer
        self.publicURL = publicURL
        admission = ConcurrencyLimiter(
            CallLimits(
                calls: limits.calls, callsPerToken: limits.callsPerToken, callsPerMinute: limits.callsPerMinute),
            of: "calls")
        // Origins have no path.
        origins = Set(
            [publicURL].compactMap { $0?.split(separator: "/").prefix(2).joined(separator: "//").lowercased() })
    }

    /// Adds the route to `book`.
    package func register(in book: inout RouteTable) {
        book.add(.post, Self.path, for: [.guest, .operator], answer)
    }

    @Sendable
    private func answer(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        let head = try RequestHead(request, body: Self.body, origins: origins)
        let body = try await Self.body.bytes(of: request)
        let json: JSON
        do { json = try JSON(parsing: body) } catch {
            return RemoteAnswer(.malformed("The body is \(error).")).response
        }
        do {
            let version = try head.protocolVersion()
            let methods = RemoteMethods(
                caller: caller, version: version, issuer: issuer, admission: admission,
                address: publicURL ?? "http://\(request.head.authority ?? "localhost")")
            guard let messages = json.elements else { return try await answer(json, head, methods).response }
            guard version.allowsBatches, (1...Self.batch).contains(messages.count) else {
                throw RemoteCallError.invalidRequest(
                    "Send one message at a time; until 2025-03-26 an array may hold 1 to \(Self.batch).")
            }
            return try await answer(messages, methods).response
        } catch let error as RemoteCallError {
            return RemoteAnswer(error, id: RemoteCall.id(of: json)).response
        }
    }

    private func answer(_ json: JSON, _ head: RequestHead, _ methods: RemoteMethods) async throws -> RemoteAnswer {
        guard case .request(let id, let method, let params) = try RemoteCall(json) else { return .accepted }
        if !methods.version.hasHandshake { try head.check(method: method, params: params) }
        return RemoteAnswer(result: try await methods.result(of: method, params), id: id)
    }

    /// Messages are processed one after another: a batch saves round trips, not work.
    private func answer(_ messages: [JSON], _ methods: RemoteMethods) async throws -> RemoteAnswer {
        var answers: [JSON] = []
        for json in messages {
            do {
                guard case .request(let id, let method, let params) = try RemoteCall(json) else { continue }
                guard method != "initialize" else {
                    throw RemoteCallError.invalidRequest("“initialize” must be sent alone.")
                }
                answers.append(
                    RemoteAnswer(result: try await methods.result(of: method, params), id: id).json ?? .null)
            } catch let error as RemoteCallError {
                answers.append(error.json(id: RemoteCall.id(of: json)))
            }
        }
        return answers.isEmpty ? .accepted : RemoteAnswer(status: .ok, json: .array(answers))
    }
}
