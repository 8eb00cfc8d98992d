/// A page that people open, with its files, which are served below `/pages/`.
struct WebPage: Sendable {
    /// The path of the page: `/docs`.
    let path: String
    let html: StaticFile
    /// The files by name.
    let files: [String: StaticFile]

    /// Creates a page.
    ///
    /// - Parameters:
    ///   - html: The page as UTF-8.
    ///   - files: The files by name, whose extension gives the media type: `docs.js`.
    init(_ path: String, html: [UInt8], files: [String: [UInt8]]) {
        self.path = path
        self.html = StaticFile(html, mediaType: Self.mediaType(of: "page.html"))
        self.files = Self.files(files)
    }

    static func files(_ files: [String: [UInt8]]) -> [String: StaticFile] {
        Dictionary(
            uniqueKeysWithValues: files.map { name, bytes in
                (name, StaticFile(bytes, mediaType: mediaType(of: name)))
            })
    }

    private static func mediaType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": return "text/html; charset=utf-8"
        case "css": return "text/css; charset=utf-8"
        case "js": return "text/javascript; charset=utf-8"
        case "svg": return "image/svg+xml"
        default: preconditionFailure("The media type of \(name) is not known")
        }
    }
}

extension WebPage {
    /// The files of all pages: the style sheet, the script that creates elements, and the icon.
    static let shared = files([
        "base.css": PackageResources.base_css,
        "elements.js": PackageResources.elements_js,
        "icon.svg": PackageResources.icon_svg,
    ])

    /// The page for queries in GraphQL. It shares its path with the API, which serves it to people.
    static let graphQL = WebPage(
        "/graphql", html: PackageResources.graphql_html,
        files: [
            "graphql.css": PackageResources.graphql_css,
            "graphql.js": PackageResources.graphql_js,
            "graphql-examples.js": PackageResources.graphql_examples_js,
            "graphql-schema.js": PackageResources.graphql_schema_js,
        ])

    /// The page with the description of the API, which can try requests.
    static let docs = WebPage(
        "/docs", html: PackageResources.docs_html,
        files: [
            "docs.css": PackageResources.docs_css,
            "docs.js": PackageResources.docs_js,
            "docs-answer.js": PackageResources.docs_answer_js,
            "docs-document.js": PackageResources.docs_document_js,
            "docs-form.js": PackageResources.docs_form_js,
            "docs-operation.js": PackageResources.docs_operation_js,
            "docs-schema.js": PackageResources.docs_schema_js,
            "docs-token.js": PackageResources.docs_token_js,
        ])

    /// The page with the electricity of a home. It uses the file of `docs` that stores the token.
    static let home = WebPage(
        "/home", html: PackageResources.home_html,
        files: [
            "home.css": PackageResources.home_css,
            "home.js": PackageResources.home_js,
            "home-curve.js": PackageResources.home_curve_js,
            "home-flow.js": PackageResources.home_flow_js,
            "home-service.js": PackageResources.home_service_js,
            "home-storage.js": PackageResources.home_storage_js,
            "home-words.js": PackageResources.home_words_js,
            "shapes.js": PackageResources.shapes_js,
        ])

    /// The page with a guest's room and the chat.
    static let guest = WebPage(
        "/guest", html: PackageResources.guest_html,
        files: [
            "guest.css": PackageResources.guest_css,
            "guest.js": PackageResources.guest_js,
            "guest-chart.js": PackageResources.guest_chart_js,
            "guest-chat.js": PackageResources.guest_chat_js,
            "guest-room.js": PackageResources.guest_room_js,
            "guest-service.js": PackageResources.guest_service_js,
            "guest-setpoint.js": PackageResources.guest_setpoint_js,
            "guest-words.js": PackageResources.guest_words_js,
        ])
}
