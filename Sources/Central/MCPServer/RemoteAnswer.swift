internal import APISupport
internal import Assistant
internal import HTTPTypes
internal import Hummingbird
internal import JSON

/// What goes back for one request.
struct RemoteAnswer {
    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]
    /// `nil` where nothing is to be said.
    var json: JSON?

    /// For what wants no answer.
    static let accepted = RemoteAnswer(status: .accepted)

    init(status: HTTPResponse.Status, json: JSON? = nil) {
        self.status = status
        self.json = json
    }

    init(result: JSON, id: JSON) {
        self.init(status: .ok, json: ["jsonrpc": "2.0", "id": id, "result": result])
    }

    /// - Parameter id: of the call; `null` where it is not known.
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
