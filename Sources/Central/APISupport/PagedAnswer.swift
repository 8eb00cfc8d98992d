public import HTTPTypes
public import Hummingbird
public import JSON
public import Storage

/// Lists that come in parts: `limit` and `cursor` in, a plain array and the next part's address out.
public struct PagedAnswer: Sendable {
    /// What the query of a list may hold.
    public static let parameters: Set<String> = ["limit", "cursor"]
    public static let defaultLimit = 100
    public static let greatestLimit = 1000

    /// RFC 8288.
    public static let link = HTTPField.Name("Link")!

    private let path: String
    private let limit: Int
    private let after: Int

    /// - Throws: `APIError` 400.
    public init(_ request: Request) throws {
        let query = try QueryParameters(request, known: Self.parameters)
        path = request.uri.path
        limit = try query.integer("limit", in: 1...Self.greatestLimit) ?? Self.defaultLimit
        after = try query.integer("cursor", in: 0...Int(Int32.max)) ?? 0
    }

    /// What to ask the store for: one more than fits, to know whether anything follows.
    public var page: ListPage { ListPage(after: after, limit: limit + 1) }

    /// The array, and where there is more, `Link: <…>; rel="next"`.
    public func response<Entry>(_ entries: [Entry], id: (Entry) -> Int, _ json: (Entry) -> JSON) -> Response {
        var response = Response.json(.array(entries.prefix(limit).map(json)))
        if entries.count > limit {
            let cursor = id(entries[limit - 1])
            response.headers[Self.link] = "<\(path)?limit=\(limit)&cursor=\(cursor)>; rel=\"next\""
        }
        return response
    }
}
