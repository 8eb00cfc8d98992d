package import APISupport

/// All pages. They need nothing from anywhere else, so that they work where there is no way out.
package struct Pages: Sendable {
    private let pages: [WebPage] = [.docs, .guest, .home]
    private let openAPI: StaticFile

    /// - Parameter openAPI: JSON, what `/docs` shows. It is served at `/openapi.json`, as one of that page's files.
    package init(openAPI: [UInt8]) {
        self.openAPI = StaticFile(openAPI, mediaType: "application/json; charset=utf-8")
    }

    /// The page at `/graphql`, for what answers there.
    package static let graphQL: RouteTable.Open = WebPage.graphQL.html.answer

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
