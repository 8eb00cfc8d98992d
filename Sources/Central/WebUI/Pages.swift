package import APISupport

/// The routes of all pages. They load nothing from other hosts, so that they work without internet access.
package struct Pages: Sendable {
    private let pages: [WebPage] = [.docs, .guest, .home]
    private let openAPI: StaticFile

    /// Creates the routes.
    ///
    /// - Parameter openAPI: The API description as JSON. `/docs` shows it, and it is served at `/openapi.json`.
    package init(openAPI: [UInt8]) {
        self.openAPI = StaticFile(openAPI, mediaType: "application/json; charset=utf-8")
    }

    /// The handler of the page at `/graphql`, which the GraphQL API serves to people.
    package static let graphQL: RouteTable.Open = WebPage.graphQL.html.answer

    /// Adds the routes to `book`.
    package func register(in book: inout RouteTable) {
        book.file("/openapi.json", openAPI.answer)
        for page in pages {
            book.file(page.path, page.html.answer)
            for (name, file) in page.files { book.file("/pages/\(name)", file.answer) }
        }
        for (name, file) in WebPage.graphQL.files { book.file("/pages/\(name)", file.answer) }
        for (name, file) in WebPage.shared { book.file("/pages/\(name)", file.answer) }
    }
}
