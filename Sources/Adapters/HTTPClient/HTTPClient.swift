import Dispatch
import Synchronization

/// A transport of requests to one server.
package protocol HTTPTransport: Sendable {
    /// Performs a request and returns the answer, whatever its status.
    ///
    /// - Throws: An error if no complete answer arrived. An answer with an error status is an answer.
    func perform(_ request: HTTPRequest) async throws -> HTTPAnswer

    /// Performs the requests of a feed, as many concurrently as the transport allows. Returns when all requests taken
    /// from the feed have ended and it has no more for now, or the transport takes no more for now. When one gets no
    /// answer, the others are cancelled and end without one.
    func perform(_ feed: inout some RequestFeed) async
}

extension HTTPTransport {
    /// Performs the requests of a feed one after another.
    package func perform(_ feed: inout some RequestFeed) async {
        while let (mark, request) = await feed.next() {
            do {
                await feed.ended(mark, .success(try await perform(request)))
            } catch {
                await feed.ended(mark, .failure(error))
            }
        }
    }
}

/// A source of requests that is told the outcome of each.
package protocol RequestFeed {
    /// The identifier of a request.
    associatedtype Mark: Sendable

    /// Returns the next request. Called whenever there is capacity for one. `nil` if there is none for now; it is
    /// called again when another request has ended.
    mutating func next() async -> (mark: Mark, request: HTTPRequest)?

    /// Receives the outcome of a request. Requests end in any order.
    ///
    /// - Parameter answer: The answer; an error if no complete answer arrived.
    mutating func ended(_ mark: Mark, _ answer: Result<HTTPAnswer, any Error>) async
}

/// A client that sends HTTP requests to one server over persistent connections, each on a thread of its own.
///
/// libcurl verifies the server's certificate for `https`; nothing here can disable that.
package final class HTTPClient: HTTPTransport {
    /// The settings of a client.
    package struct Settings: Sendable {
        /// The PEM file of trusted authorities; `nil` for the system's.
        package var authorityFile: String?
        /// The maximum time for connecting.
        package var connectTimeout: Duration = .seconds(10)
        /// The maximum time for the whole request.
        package var timeout: Duration = .seconds(60)
        /// The maximum size of an answer, bytes; a larger one is an error.
        package var largestAnswer = 1 << 20
        /// The user agent sent with each request.
        package var userAgent = "hearth"

        /// Creates the default settings.
        package init() {}
    }

    /// A connection with its queue of requests.
    private struct Line: Sendable {
        let queue = DispatchQueue(label: "hearth.http-transfer")
        let handle: EasyHandle
    }

    private let lines: [Line]
    /// The number of requests that got no answer: connections from before the last one may be dead as well.
    private let failures = Atomic(0)

    /// Creates a client.
    ///
    /// - Parameter lines: The maximum number of concurrent requests, 1 or more.
    package init(settings: Settings = .init(), lines: Int = 1) {
        precondition(lines > 0, "an HTTP client needs at least one connection")
        self.lines = (0..<lines).map { _ in Line(handle: EasyHandle(settings: settings)) }
    }

    /// Performs a request on the first connection.
    ///
    /// - Throws: `HTTPClientError` if no complete answer arrived. An answer with an error status is an answer.
    package func perform(_ request: HTTPRequest) async throws -> HTTPAnswer {
        try await perform(request, on: lines[0])
    }

    /// Performs the requests of a feed, concurrently on all connections; see `HTTPTransport`.
    package func perform<Feed: RequestFeed>(_ feed: inout Feed) async {
        await withTaskGroup(of: (line: Int, mark: Feed.Mark, answer: Result<HTTPAnswer, any Error>).self) { group in
            var free = Array(lines.indices.reversed())
            var isBroken = false
            while true {
                while !isBroken, let index = free.last, let (mark, request) = await feed.next() {
                    free.removeLast()
                    group.addTask { [line = lines[index]] in
                        do {
                            return (index, mark, .success(try await self.perform(request, on: line)))
                        } catch {
                            return (index, mark, .failure(error))
                        }
                    }
                }
                guard let ended = await group.next() else { return }
                free.append(ended.line)
                if case .failure = ended.answer {
                    // The server does not answer: the other requests would only find that out later.
                    isBroken = true
                    group.cancelAll()
                }
                await feed.ended(ended.mark, ended.answer)
            }
        }
    }

    /// Performs a request, and ends it within about a second when its task is cancelled.
    private func perform(_ request: HTTPRequest, on line: Line) async throws -> HTTPAnswer {
        let ending = Ending()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                line.queue.async { [self] in
                    let answer = Result { () throws(HTTPClientError) in
                        try line.handle.perform(
                            request, until: ending, failures: failures.load(ordering: .relaxed))
                    }
                    if case .failure = answer { failures.wrappingAdd(1, ordering: .relaxed) }
                    continuation.resume(with: answer.mapError { $0 })
                }
            }
        } onCancel: {
            ending.ask()
        }
    }
}

/// A signal that asks a request to end early.
final class Ending: Sendable {
    private let state = Atomic(false)

    var isAsked: Bool { state.load(ordering: .relaxed) }
    func ask() { state.store(true, ordering: .relaxed) }
}

/// A request.
package struct HTTPRequest: Sendable {
    /// A request method.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// The request method.
    package var method: Method
    /// The complete URL.
    package var url: String
    /// The header names and values, without line breaks.
    package var headers: [(name: String, value: String)]
    /// The body; empty for none. Not sent with `GET`.
    package var body: [UInt8]

    /// Creates a request.
    package init(method: Method, url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// The URL for logs: without user, password, query and fragment, which may contain secrets.
    package var shownURL: String {
        let plain = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = plain.firstRange(of: "://") else { return String(plain) }
        let rest = plain[scheme.upperBound...]
        let host = rest.prefix { $0 != "/" }
        let shown = host.lastIndex(of: "@").map { host[host.index(after: $0)...] } ?? host
        return String(plain[..<scheme.upperBound] + shown + rest[host.endIndex...])
    }
}

/// An answer, whatever its status.
package struct HTTPAnswer: Sendable {
    /// The status code.
    package var status: Int
    /// The headers by lower-case name; of several with one name, the last.
    package var headers: [String: String]
    /// The complete body.
    package var body: [UInt8]

    /// Creates an answer.
    package init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The reason no complete answer arrived.
package struct HTTPClientError: Error, Sendable, CustomStringConvertible {
    /// The reason, for people, with the request's method and URL without secrets.
    package var description: String

    /// Creates an error.
    package init(description: String) { self.description = description }
}
