internal import APISupport
internal import Assistant
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON

/// The headers of a request.
struct RequestHead {
    /// The protocol version as given; `nil` if there is none.
    let versionName: String?
    private let method: String?
    private let name: String?

    private static let version = HTTPField.Name("MCP-Protocol-Version")!
    private static let method = HTTPField.Name("Mcp-Method")!
    private static let name = HTTPField.Name("Mcp-Name")!
    private static let json = "application/json"
    /// The member with the name of the called object, by method.
    private static let named = ["tools/call": "name", "prompts/get": "name", "resources/read": "uri"]

    /// Reads and checks the headers.
    ///
    /// - Parameters:
    ///   - body: The rules for the body.
    ///   - origins: The web origins that may use the service. A request without the header `Origin` does not come from
    ///     a web page.
    /// - Throws: `APIError` 403, 406, 413, 415.
    init(_ request: Request, body: BodyRules, origins: Set<String>) throws(APIError) {
        let headers = request.headers
        if let origin = headers[.origin], !origins.contains(origin.lowercased()) {
            throw APIError(
                .forbidden, code: "origin_not_allowed",
                message: "Pages from “\(origin.prefix(200))” are not allowed to use this service.",
                hint: "Programs must not send Origin. Pages must come from the configured http.publicURL.")
        }
        try body.check(headers)
        guard AcceptedTypes(headers).weight(of: Self.json) > 0 else {
            throw APIError(
                .notAcceptable, code: "not_acceptable", message: "The request does not accept JSON.",
                hint: "Send Accept: application/json, text/event-stream.")
        }
        versionName = headers[Self.version]
        method = headers[Self.method]
        name = headers[Self.name]
    }

    /// Returns the protocol version.
    ///
    /// - Throws: `RemoteCallError` if it is not known.
    func protocolVersion() throws(RemoteCallError) -> ProtocolVersion {
        guard let versionName else { return .assumed }
        guard let version = ProtocolVersion(rawValue: versionName) else { throw .unknownVersion(versionName) }
        return version
    }

    /// Checks that a request without a handshake has all required members, and that the headers, by which proxies may
    /// have routed it, agree with the body.
    func check(method: String, params: JSON) throws(RemoteCallError) {
        let prefix = "io.modelcontextprotocol/"
        let (version, capabilities) = (prefix + "protocolVersion", prefix + "clientCapabilities")
        guard let meta = params["_meta"], meta[version]?.text != nil, meta[capabilities]?.members != nil else {
            throw .invalidParams("“params._meta” must contain “\(version)” and “\(capabilities)”.", .july2026)
        }
        guard meta[version]?.text == versionName else {
            throw .headerMismatch("The header MCP-Protocol-Version does not match the body.")
        }
        guard self.method == method else { throw .headerMismatch("The header Mcp-Method does not match the body.") }
        guard let member = Self.named[method], let text = params[member]?.text else { return }
        guard name.flatMap(Self.decoded) == text else {
            throw .headerMismatch("The header Mcp-Name does not match the body's “\(member)”.")
        }
    }

    /// Decodes a header value, which is written as `=?base64?…?=` if it has characters that headers don't allow.
    private static func decoded(_ text: String) -> String? {
        guard text.hasPrefix("=?base64?"), text.hasSuffix("?="), text.utf8.count >= 11 else { return text }
        return Data(base64Encoded: String(text.dropFirst(9).dropLast(2))).flatMap {
            String(validating: $0, as: UTF8.self)
        }
    }
}
