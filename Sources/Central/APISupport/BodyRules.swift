package import HTTPTypes
package import Hummingbird
internal import JSON
internal import NIOCore

/// The rules for the body of a request: its media type, its encoding and its size. Every route that reads a body uses
/// them.
package struct BodyRules: Sendable {
    /// The only media type that is accepted, without parameters.
    package var mediaType: String
    /// The largest size of the body, in bytes.
    package var greatestBytes: Int
    /// The hint of the 415 response to another media type.
    package var typeHint: String
    /// The hint of the 413 response.
    package var sizeHint: String

    /// Creates rules; by default for JSON.
    ///
    /// - Parameter typeHint: `nil` for one that names the media type.
    package init(
        mediaType: String = "application/json", greatestBytes: Int, typeHint: String? = nil,
        sizeHint: String = "Send less at once."
    ) {
        self.mediaType = mediaType
        self.greatestBytes = greatestBytes
        self.typeHint = typeHint ?? "Send Content-Type: \(mediaType)."
        self.sizeHint = sizeHint
    }

    /// Checks the headers that describe the body.
    ///
    /// - Throws: `APIError` 415 if the body has another type, no type or an encoding; 413 if its announced length is
    ///   too large.
    package func check(_ headers: HTTPFields) throws(APIError) {
        let given = headers[.contentType].map { $0.prefix { $0 != ";" && !$0.isWhitespace }.lowercased() }
        guard given == mediaType.lowercased() else {
            throw APIError(
                .unsupportedMediaType, code: "wrong_media_type",
                message: "The body's media type is \(given.map { "“\($0.prefix(80))”" } ?? "missing").", hint: typeHint,
                headers: [.accept: mediaType])
        }
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw APIError(
                .unsupportedMediaType, code: "wrong_encoding",
                message: "The encoding “\(encoding.prefix(80))” is not supported.", hint: "Send the body unencoded.",
                headers: [.acceptEncoding: "identity"])
        }
        if let length = headers[.contentLength].flatMap(QueryParameters.integer), length > greatestBytes {
            throw tooLarge
        }
    }

    /// Reads the whole body of a request.
    ///
    /// - Parameter hold: Called with the number of bytes in memory before it grows; throws if they are not granted.
    /// - Throws: `APIError` 415 or 413; the error of `hold`.
    package func bytes(of request: Request, holding hold: (Int) throws -> Void = { _ in }) async throws -> [UInt8] {
        try check(request.headers)
        return try await read(request, holding: hold)
    }

    /// Reads the whole body of a request that may have none; `nil` if it has none, whatever its type.
    ///
    /// - Throws: `APIError` 415 or 413.
    package func bytesIfAny(of request: Request) async throws -> [UInt8]? {
        let bytes = try await read(request)
        guard !bytes.isEmpty else { return nil }
        try check(request.headers)
        return bytes
    }

    private func read(_ request: Request, holding hold: (Int) throws -> Void = { _ in }) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= greatestBytes else { throw tooLarge }
            try hold(bytes.count + part.readableBytes)
            bytes += part.readableBytesView
        }
        return bytes
    }

    /// Reads the whole body of a request that keeps it, so that the client's disconnection can still be detected.
    ///
    /// - Throws: `APIError` 415 or 413.
    package func collectedBytes(of request: inout Request) async throws -> [UInt8] {
        try check(request.headers)
        do {
            return Array(try await request.collectBody(upTo: greatestBytes).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }

    private var tooLarge: APIError {
        APIError(
            .contentTooLarge, code: "body_too_large", message: "The body is larger than \(greatestBytes) bytes.",
            hint: sizeHint)
    }
}
