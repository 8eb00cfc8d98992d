import Dispatch

/// Sends HTTP requests to one server over a connection that it keeps, one after the other, on a thread of its own.
///
/// libcurl verifies the server's certificate for `https`; nothing here can turn that off.
public final class HTTPTransfer: Sendable {
    public struct Settings: Sendable {
        /// PEM file of the authorities to trust; `nil`: the system's.
        public var authorityFile: String?
        public var connectTimeout: Duration = .seconds(10)
        /// For the whole request.
        public var timeout: Duration = .seconds(60)
        /// A longer answer is an error, bytes.
        public var largestAnswer = 1 << 20
        public var userAgent = "hearth"

        public init() {}
    }

    private let queue = DispatchQueue(label: "hearth.http-transfer")
    private let handle: EasyHandle

    public init(settings: Settings = .init()) {
        handle = EasyHandle(settings: settings)
    }

    /// - Throws: `HTTPTransferError` where no whole answer came. An answer with an error status is an answer.
    public func perform(_ request: HTTPRequest) async throws -> HTTPAnswer {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [handle] in
                continuation.resume(
                    with: Result { () throws(HTTPTransferError) in try handle.perform(request) }.mapError { $0 })
            }
        }
    }
}

public struct HTTPRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }

    public var method: Method
    public var url: String
    /// Names and values, without line ends.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(method: Method, url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

public struct HTTPAnswer: Sendable {
    public var status: Int
    /// By name in lower case; of several with one name, the last.
    public var headers: [String: String]
    public var body: [UInt8]
}

/// Why no answer came.
public struct HTTPTransferError: Error, Sendable, CustomStringConvertible {
    public var description: String
}
