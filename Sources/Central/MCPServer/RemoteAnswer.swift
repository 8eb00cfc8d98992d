internal import APISupport
internal import Assistant
internal import HTTPTypes
internal import Hummingbird
internal import JSON

/// The answer to one request.
struct RemoteAnswer {
    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]
    /// The body; `nil` for an empty answer.
    var json: JSON?

    /// The answer to messages that expect none.
    static let accepted = RemoteAnswer(status: .accepted)

    init(status: HTTPResponse.Status, json: JSON? = nil) {
        self.status = status
        self.json = json
    }

    init(result: JSON, id: JSON) {
        self.init(status: .ok, json: ["jsonrpc": "2.0", "id": id, "result": result])
    }

    /// Creates the answer to a failed call.
    ///
    /// - Parameter id: The id of the call; `null` if it is not known.
    init(_ error: RemoteCallError, id: JSON = .null) {
        self.init(status: error.status, json: error.json(id: id))
        headers = error.headers
    }

    var response: Response {
        var headers = headers
        headers[.cacheControl] = "no-store"
        guard let json else { return Response(status: status, headers: headers) }
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}
