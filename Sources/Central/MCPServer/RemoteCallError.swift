internal import Assistant
internal import HTTPTypes
internal import JSON

/// The reason a call failed, with the codes of JSON-RPC 2.0 and the Model Context Protocol.
struct RemoteCallError: Error {
    var code: Int
    /// The reason in one sentence.
    var message: String
    var data: JSON?
    /// The status of the answer if it has only this call.
    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]

    static func malformed(_ message: String) -> Self { .init(code: -32700, message: message, status: .badRequest) }

    static func invalidRequest(_ message: String) -> Self {
        .init(code: -32600, message: message, status: .badRequest)
    }

    /// Returns the error of an unknown method.
    ///
    /// - Parameter version: The protocol version; before July 2026 every error of a call has the status 200.
    static func unknownMethod(_ name: String, _ version: ProtocolVersion) -> Self {
        .init(
            code: -32601, message: "Unknown method “\(name.prefix(80))”.",
            status: version.hasHandshake ? .ok : .notFound)
    }

    static func invalidParams(_ message: String, _ version: ProtocolVersion) -> Self {
        .init(code: -32602, message: message, status: version.hasHandshake ? .ok : .badRequest)
    }

    /// Returns the error of headers that contradict the body.
    static func headerMismatch(_ message: String) -> Self { .init(code: -32020, message: message, status: .badRequest) }

    static func unknownVersion(_ name: String) -> Self {
        .init(
            code: -32022, message: "The protocol version “\(name.prefix(80))” is not supported.",
            data: [
                "supported": .array(ProtocolVersion.names.map { .string($0) }),
                "requested": .string(String(name.prefix(80))),
            ], status: .badRequest)
    }

    /// Returns the error of calls that come too fast, with a code of our own.
    static func tooMany(_ message: String, headers: HTTPFields) -> Self {
        .init(code: -32000, message: message, status: .tooManyRequests, headers: headers)
    }

    /// Returns the answer of a failed call.
    ///
    /// - Parameter id: The id of the call; `null` if it is not known.
    func json(id: JSON = .null) -> JSON {
        var error: [JSON.Member] = [.init("code", .integer(code)), .init("message", .string(message))]
        if let data { error.append(.init("data", data)) }
        return ["jsonrpc": "2.0", "id": id, "error": .object(error)]
    }
}
