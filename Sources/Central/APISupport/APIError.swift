package import HTTPTypes
package import Hummingbird
package import JSON
package import Storage
package import WireFormat

/// An answer other than the requested one: a status, a code, a message and usually a hint.
package struct APIError: Error, Sendable {
    /// The HTTP status of the answer.
    package var status: HTTPResponse.Status
    /// The body: code, message and hint.
    package var answer: ErrorAnswer
    /// Headers in addition to those that every answer has, such as `Retry-After`.
    package var headers: HTTPFields

    /// Creates an error with a machine-readable code, a message for people and a hint at the way out.
    package init(
        _ status: HTTPResponse.Status, code: String, message: String, hint: String? = nil, headers: HTTPFields = [:]
    ) {
        self.status = status
        answer = ErrorAnswer(code: code, message: message, hint: hint)
        self.headers = headers
    }

    /// Returns a 400: the request can't be understood.
    package static func badRequest(code: String, _ message: String, hint: String? = nil) -> APIError {
        APIError(.badRequest, code: code, message: message, hint: hint)
    }

    /// Returns a 404: the requested object does not exist, or is not visible to this caller.
    package static func notFound(code: String, _ message: String, hint: String? = nil) -> APIError {
        APIError(.notFound, code: code, message: message, hint: hint)
    }

    /// Returns a temporary refusal with `Retry-After`; the same request may be sent again after `seconds`.
    package static func tryLater(
        _ status: HTTPResponse.Status = .serviceUnavailable, code: String, _ message: String,
        seconds: Int = retrySeconds
    ) -> APIError {
        APIError(
            status, code: code, message: message, hint: "Send the request again in \(seconds) s.",
            headers: [.retryAfter: String(seconds)])
    }

    /// The delay after which a refused caller should try again, in seconds.
    package static let retrySeconds = 2

    /// The response that carries this error as JSON.
    package var response: Response {
        var response = Response.json(json, status: status)
        response.headers.append(contentsOf: headers)
        return response
    }

    /// The body of the answer, UTF-8 JSON.
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
    /// Creates the answer to a request that the store did not carry out.
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
                message: "The store \(store) already belongs to another building.",
                hint: "A gateway that moves to another building needs a new buffer file: set buffer.path to a "
                    + "new one.")
        case .forkedStore(let store):
            return APIError(
                .conflict, code: "store_forked",
                message: "The file of the store \(store) was copied or restored from a backup: its numbers may "
                    + "have been assigned to other readings.",
                hint: "Give this gateway a new store: stop it, move the file at buffer.path away and start it again. "
                    + "Keep the old file: undelivered readings can be recovered from it.")
        case .tooManyStores(let building, let limit):
            return .tryLater(
                .tooManyRequests, code: "too_many_stores",
                "The building “\(building)” has reached its limit of \(limit) stores.", seconds: 3600)
        case .tooManySeries(let building, let seconds):
            return .tryLater(
                .tooManyRequests, code: "too_many_series",
                "The building “\(building)” has reached its hourly limit of new series.", seconds: seconds)
        case .unknownBuilding, .unknownRoom, .foreignConversation:
            return .notFound(code: "not_found", error.description)
        }
    }
}

extension Response {
    /// Returns a JSON answer that must not be cached, because it describes the current moment.
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
