package import HTTPTypes
package import Hummingbird
package import JSON
package import Storage

/// A list in pages: `limit` and `cursor` in, a plain array and the address of the next page out.
package struct PagedAnswer: Sendable {
    /// The query parameters of a list.
    package static let parameters: Set<String> = ["limit", "cursor"]
    /// The number of entries per page without `limit`.
    package static let defaultLimit = 100
    /// The largest `limit`.
    package static let greatestLimit = 1000

    /// The `Link` header (RFC 8288).
    package static let link = HTTPField.Name("Link")!

    private let path: String
    private let limit: Int
    private let after: Int

    /// Reads `limit` and `cursor` from a request.
    ///
    /// - Throws: `APIError` 400 for an unknown parameter or a value out of range.
    package init(_ request: Request) throws {
        let query = try QueryParameters(request, known: Self.parameters)
        path = request.uri.path
        limit = try query.integer("limit", in: 1...Self.greatestLimit) ?? Self.defaultLimit
        after = try query.integer("cursor", in: 0...Int(Int32.max)) ?? 0
    }

    /// The page to ask the store for: one entry more than fits, to learn whether another page follows.
    package var page: ListPage { ListPage(after: after, limit: limit + 1) }

    /// Returns the array and, if there are more entries, `Link: <…>; rel="next"`.
    package func response<Entry>(_ entries: [Entry], id: (Entry) -> Int, _ json: (Entry) -> JSON) -> Response {
        var response = Response.json(.array(entries.prefix(limit).map(json)))
        if entries.count > limit {
            let cursor = id(entries[limit - 1])
            response.headers[Self.link] = "<\(path)?limit=\(limit)&cursor=\(cursor)>; rel=\"next\""
        }
        return response
    }
}
