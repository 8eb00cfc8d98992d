package import HTTPTypes
package import Hummingbird
package import JSON
package import Storage

/// Lists that come in parts: `limit` and `cursor` in, a plain array and the next part's address out.
package struct PagedAnswer: Sendable {
    /// What the query of a list may hold.
    package static let parameters: Set<String> = ["limit", "cursor"]
    package static let defaultLimit = 100
    package static let greatestLimit = 1000

    /// RFC 8288.
    package static let link = HTTPField.Name("Link")!

    private let path: String
    private let limit: Int
    private let after: Int

    /// - Throws: `APIError` 400.
    package init(_ request: Request) throws {
        let query = try QueryParameters(request, known: Self.parameters)
        path = request.uri.path
        limit = try query.integer("limit", in: 1...Self.greatestLimit) ?? Self.defaultLimit
        after = try query.integer("cursor", in: 0...Int(Int32.max)) ?? 0
    }

    /// What to ask the store for: one more than fits, to know whether anything follows.
    package var page: ListPage { ListPage(after: after, limit: limit + 1) }

    /// The array, and where there is more, `Link: <…>; rel="next"`.
    package func response<Entry>(_ entries: [Entry], id: (Entry) -> Int, _ json: (Entry) -> JSON) -> Response {
        var response = Response.json(.array(entries.prefix(limit).map(json)))
        if entries.count > limit {
            let cursor = id(entries[limit - 1])
            response.headers[Self.link] = "<\(path)?limit=\(limit)&cursor=\(cursor)>; rel=\"next\""
        }
        return response
    }
}
