package import HTTPTypes
package import Hummingbird
package import JSON
package import Storage
package import WireFormat

/// An answer that is not what was asked for: a status, and why.
package struct APIError: Error, Sendable {
    package var status: HTTPResponse.Status
    package var answer: ErrorAnswer
    package var headers: HTTPFields

    package init(
        _ status: HTTPResponse.Status, code: String, message: String, hint: String? = nil, headers: HTTPFields = [:]
    ) {
        self.status = status
        answer = ErrorAnswer(code: code, message: message, hint: hint)
        self.headers = headers
    }

    /// The request cannot be understood.
    package static func badRequest(code: String, _ message: String, hint: String? = nil) -> APIError {
        APIError(.badRequest, code: code, message: message, hint: hint)
    }

    /// What the request is about does not exist, or not for this caller.
    package static func notFound(code: String, _ message: String, hint: String? = nil) -> APIError {
        APIError(.notFound, code: code, message: message, hint: hint)
    }

    /// For now it cannot be done; the same request may be sent again.
    package static func tryLater(
        _ status: HTTPResponse.Status = .serviceUnavailable, code: String, _ message: String,
        seconds: Int = retrySeconds
    ) -> APIError {
        APIError(
            status, code: code, message: message, hint: "Send the request again in \(seconds) s.",
            headers: [.retryAfter: String(seconds)])
    }

    /// How soon a caller that was turned away should come back.
    package static let retrySeconds = 2

    package var response: Response {
        var response = Response.json(json, status: status)
        response.headers.append(contentsOf: headers)
        return response
    }

    /// The body of the answer.
    var bytes: [UInt8] { json.bytes }

    private var json: JSON {
        let body = answer.error
        return [
            "error": [
                "code": .string(body.code), "message": .string(body.message),
                "hint": JSON(body.hint),
            ]
        ]
    }
}

extension APIError {
    /// The answer to a request that the store did not carry out.
    package init(_ error: StoreError) {
        self = Self.answer(to: error)
    }

    private static func answer(to error: StoreError) -> APIError {
        switch error {
        case .unavailable, .outcomeUnknown:
            return .tryLater(code: "database_unavailable", "The database is not available right now.")
        case .foreignStore(let store):
            return APIError(
                .conflict, code: "foreign_store",
                message: "The store \(store) has sent the readings of another building before.",
                hint: "A gateway that moves to another building begins with a new buffer file: set buffer.path to a "
                    + "new one.")
        case .forkedStore(let store):
            return APIError(
                .conflict, code: "store_forked",
                message: "The file of the store \(store) was copied, or restored from a backup: its numbers were given "
                    + "to other readings since, or are given by another gateway.",
                hint: "Give this gateway a new store: stop it, move the file that buffer.path names away, start it. "
                    + "Keep the old file, for what in it was not delivered can be recovered from it.")
        case .tooManyStores(let building, let limit):
            return .tryLater(
                .tooManyRequests, code: "too_many_stores",
                "The building “\(building)” has \(limit) stores; a new one is not taken.", seconds: 3600)
        case .tooManySeries(let building, let seconds):
            return .tryLater(
                .tooManyRequests, code: "too_many_series",
                "The building “\(building)” begins more new series than it may in an hour.", seconds: seconds)
        case .unknownBuilding, .unknownRoom, .foreignConversation:
            return .notFound(code: "not_found", error.description)
        }
    }
}

extension Response {
    /// A JSON answer. It is about this moment, so that nobody is to keep it.
    package static func json(
        _ value: JSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var fields = headers
        fields[.contentType] = "application/json; charset=utf-8"
        fields[.cacheControl] = "no-store"
        return Response(
            status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }
}
