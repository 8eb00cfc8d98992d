package import APISupport
internal import Building
internal import CivilTime
internal import Foundation
internal import GraphQL
internal import HTTPTypes
internal import Hummingbird
package import Storage

/// The GraphQL API of devices that produce, store and use electricity.
///
/// Operators see and change everything. A guest sees the devices of its building, and may change them if the building
/// is a home.
package struct HomeEnergyAPI: Sendable {
    let store: CentralStore
    private let page: RouteTable.Open

    /// Creates the API.
    ///
    /// - Parameter page: The handler of the page that people get at `GET /graphql`.
    package init(store: CentralStore, page: @escaping RouteTable.Open) {
        self.store = store
        self.page = page
    }

    /// Adds the routes to `book`.
    package func register(in book: inout RouteTable) {
        let users: Set<Role> = [.guest, .operator]
        book.add(.post, Self.path, for: users, post)
        book.addBehindPage(Self.path, for: users, page: page, get)
    }

    /// Returns the answer to a query about one building, or all if `hotel` is `nil`, without HTTP.
    package func json(of query: String, hotel: Int?) async -> String {
        let resolver = HomeResolver(
            store: store,
            scope: HomeScope(
                hotel: hotel, home: nil, mayChange: false, origin: DesiredStateOrigin(source: .guest, who: "nobody"),
                visible: .everything))
        return await Self.service.execute(GraphQLRequest(query: query), resolver: resolver).json
    }

    private static let path = "/graphql"
    private static let body = BodyRules(greatestBytes: 100_000)
    /// The header with the slug of the building that an operator means.
    static let buildingHeader = HTTPField.Name("Hearth-Building")!

    @Sendable
    private func post(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        let body = try await Self.body.bytes(of: request)
        try APIError.requireUniqueNames(in: body)
        guard let asked = try? JSONDecoder().decode(GraphQLRequest.self, from: Data(body)) else {
            throw APIError.badRequest(
                code: "bad_body", "The body must be a GraphQL request.",
                hint: #"Example: {"query":"{ devices { name } }","variables":{},"operationName":null}."#)
        }
        return try await answer(asked, request, caller, mayMutate: true)
    }

    @Sendable
    private func get(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let query = try QueryParameters(request, known: ["query", "variables", "operationName"])
        guard let text = query.text("query") else {
            throw APIError.badRequest(
                code: "missing_parameter", "The parameter query is missing.",
                hint: "Send a GraphQL query, or open this address in a browser.")
        }
        var asked = GraphQLRequest(query: text, operationName: query.text("operationName"))
        if let variables = query.text("variables") {
            try APIError.requireUniqueNames(in: Array(variables.utf8))
            guard let values = try? JSONDecoder().decode([String: Value].self, from: Data(variables.utf8)) else {
                throw APIError.badRequest(
                    code: "bad_parameter", "The parameter variables must be a JSON object.",
                    hint: #"Example: {"id":"4f2…"}."#)
            }
            asked.variables = values
        }
        return try await answer(asked, request, caller, mayMutate: false)
    }

    private func answer(
        _ asked: GraphQLRequest, _ request: Request, _ caller: Caller, mayMutate: Bool
    ) async throws -> Response {
        let resolver = HomeResolver(store: store, scope: try await scope(of: caller, request))
        let response = await Self.service.execute(asked, mayMutate: mayMutate, resolver: resolver)
        if response.errors.contains(where: { $0.code == GraphQLService.mustNotMutate }) {
            throw APIError(
                .methodNotAllowed, code: "method_not_allowed", message: "Mutations are not allowed by GET.",
                hint: "Send them by POST.", headers: [.allow: "GET, HEAD, POST"])
        }
        // GraphQL over HTTP, section 6.4: the new media type also reports errors by the status.
        let accepted = AcceptedTypes(request.headers)
        let isNew =
            accepted.names(Self.mediaType)
            && accepted.weight(of: Self.mediaType) >= accepted.weight(of: "application/json")
        return Response(
            status: isNew && response.data == nil ? .badRequest : .ok,
            headers: [
                .contentType: "\(isNew ? Self.mediaType : "application/json"); charset=utf-8",
                .cacheControl: "no-store", .vary: "Accept",
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.jsonBytes)))
    }

    private static let mediaType = "application/graphql-response+json"

    static let service: GraphQLService = {
        do {
            var limits = RequestLimits()
            limits.entries = HomeLists.entries
            return GraphQLService(schema: try HomeSchema.make(), limits: limits)
        } catch {
            // The schema is compiled in, and tests fail if it is not valid.
            preconditionFailure("The schema of home energy: \(error)")
        }
    }()

    private func scope(of caller: Caller, _ request: Request) async throws -> HomeScope {
        if let text = request.headers[Self.buildingHeader], Slug(text) == nil {
            throw APIError.badRequest(
                code: "bad_header", "“\(text.prefix(80))” is not a valid building slug.",
                hint: "GET /hotels/ lists them; the header Hearth-Building takes a slug.")
        }
        let (origin, visible) = (DesiredStateOrigin(caller), caller.visible)
        switch caller.scope {
        case .gateway(let building):
            return HomeScope(hotel: building.id, home: nil, mayChange: false, origin: origin, visible: visible)
        case .guest(let hotel, _, _, _):
            let home = try await store.homes(.number(hotel)).first
            return HomeScope(
                hotel: hotel, home: home, mayChange: home?.kind == "home", origin: origin, visible: visible)
        case .operator:
            guard let slug = request.headers[Self.buildingHeader] else {
                let known = try await store.homes(.any)
                let homes = known.filter { $0.kind == "home" }
                let only = homes.count == 1 ? homes[0] : homes.isEmpty && known.count == 1 ? known[0] : nil
                return HomeScope(hotel: nil, home: only, mayChange: true, origin: origin, visible: visible)
            }
            guard let home = try await store.homes(.slug(slug)).first else {
                throw APIError.notFound(
                    code: "unknown_building", "There is no building “\(slug.prefix(80))”.",
                    hint: "GET /hotels/ lists them; the header Hearth-Building takes a slug.")
            }
            return HomeScope(hotel: home.id, home: home, mayChange: true, origin: origin, visible: visible)
        }
    }
}

/// The scope of a request.
struct HomeScope: Sendable {
    /// The id of the only building to include; `nil` for all.
    var hotel: Int?
    /// The building in which devices are registered; `nil` if it is ambiguous.
    var home: HomeEntry?
    var mayChange: Bool
    /// The origin of desired states that the request sets.
    var origin: DesiredStateOrigin
    /// The range of the devices' past that the caller has access to.
    var visible: VisibleRange

    /// By whose clocks days and weeks begin; UTC where it is not clear whose.
    var calendar: LocalCalendar { home?.calendar ?? .utc }
}
