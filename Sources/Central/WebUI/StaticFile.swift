internal import APISupport
internal import Building
internal import Digests
internal import HTTPTypes
internal import Hummingbird

/// A file that is the same for everyone until the program is replaced.
struct StaticFile: Sendable {
    private let buffer: ByteBuffer
    private let mediaType: String
    private let tag: String

    /// Creates a file.
    ///
    /// - Parameter mediaType: The media type, with the charset for text.
    init(_ bytes: [UInt8], mediaType: String) {
        buffer = ByteBuffer(bytes: bytes)
        self.mediaType = mediaType
        tag = "\"\([UInt8](SHA256.digest(of: bytes).prefix(16)).hexadecimal)\""
    }

    /// Returns the file, or 304 if the browser has this content. Browsers may cache it but must revalidate each time,
    /// so that nobody sees a page of another version.
    @Sendable
    func answer(_ request: Request, _ context: CallContext) -> Response {
        var headers = PageSecurity.headers
        headers[.eTag] = tag
        headers[.cacheControl] = "no-cache"
        guard !Self.holds(tag, request.headers[values: .ifNoneMatch]) else {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = mediaType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: buffer))
    }

    /// Compares entity tags weakly, by RFC 9110, section 13.1.2.
    private static func holds(_ tag: String, _ fields: [String]) -> Bool {
        fields.lazy.flatMap { $0.split(separator: ",") }.contains { part in
            let known = part.drop { $0 == " " || $0 == "\t" }.split(separator: " ").first ?? ""
            return known == "*" || known == tag || known == "W/\(tag)"
        }
    }
}
