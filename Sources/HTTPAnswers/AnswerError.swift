public import HTTPTypes
public import Hummingbird
public import JSONText
public import WireFormat

/// An answer that is not what was asked for: a status, and why.
public struct AnswerError: Error, Sendable {
    public var status: HTTPResponse.Status
    public var answer: ErrorAnswer
    public var headers: HTTPFields

    public init(
        _ status: HTTPResponse.Status, code: String, message: String, hint: String? = nil, headers: HTTPFields = [:]
    ) {
        self.status = status
        answer = ErrorAnswer(code: code, message: message, hint: hint)
        self.headers = headers
    }

    /// The request cannot be understood.
    public static func badRequest(code: String, _ message: String, hint: String? = nil) -> AnswerError {
        AnswerError(.badRequest, code: code, message: message, hint: hint)
    }

    /// What the request is about does not exist, or not for this caller.
    public static func notFound(code: String, _ message: String, hint: String? = nil) -> AnswerError {
        AnswerError(.notFound, code: code, message: message, hint: hint)
    }

    /// For now it cannot be done; the same request may be sent again.
    public static func tryLater(
        _ status: HTTPResponse.Status = .serviceUnavailable, code: String, _ message: String,
        seconds: Int = retrySeconds
    ) -> AnswerError {
        AnswerError(
            status, code: code, message: message, hint: "Send the request again in \(seconds) s.",
            headers: [.retryAfter: String(seconds)])
    }

    /// How soon a caller that was turned away should come back.
    public static let retrySeconds = 2

    public var response: Response {
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

extension Response {
    /// A JSON answer. It is about this moment, so that nobody is to keep it.
    public static func json(
        _ value: JSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var fields = headers
        fields[.contentType] = "application/json; charset=utf-8"
        fields[.cacheControl] = "no-store"
        return Response(
            status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }
}
