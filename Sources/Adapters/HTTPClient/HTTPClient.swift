import Dispatch
import Synchronization

/// A way to one server.
package protocol HTTPTransport: Sendable {
    /// - Throws: where no whole answer came. An answer with an error status is an answer.
    func perform(_ request: HTTPRequest) async throws -> HTTPAnswer

    /// Sends what the feed gives, as many requests side by side as the way is wide. Returns when all that it gave have
    /// ended, and it gives no more for now or the way takes no more for now. When one gets no answer, the others are given
    /// up, which ends them as ones without an answer.
    func perform(_ feed: inout some RequestFeed) async
}

extension HTTPTransport {
    /// One after another.
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

/// Gives requests one after another, and is told what became of each.
package protocol RequestFeed {
    /// Tells a request from the others.
    associatedtype Mark: Sendable

    /// The next request, asked for whenever there is room for one. `nil`: none for now; it is asked again when another
    /// has ended.
    mutating func next() async -> (mark: Mark, request: HTTPRequest)?

    /// A request has ended. They end in any order.
    ///
    /// - Parameter answer: an error where no whole answer came.
    mutating func ended(_ mark: Mark, _ answer: Result<HTTPAnswer, any Error>) async
}

/// Sends HTTP requests to one server over connections that it keeps, each on a thread of its own.
///
/// libcurl verifies the server's certificate for `https`; nothing here can turn that off.
package final class HTTPClient: HTTPTransport {
    package struct Settings: Sendable {
        /// PEM file of the authorities to trust; `nil`: the system's.
        package var authorityFile: String?
        package var connectTimeout: Duration = .seconds(10)
        /// For the whole request.
        package var timeout: Duration = .seconds(60)
        /// A longer answer is an error, bytes.
        package var largestAnswer = 1 << 20
        package var userAgent = "hearth"

        package init() {}
    }

    /// A connection, and what waits for it.
    private struct Line: Sendable {
        let queue = DispatchQueue(label: "hearth.http-transfer")
        let handle: EasyHandle
    }

    private let lines: [Line]
    /// Counts requests that got no answer: connections from before the last one may be dead as well.
    private let failures = Atomic(0)

    /// - Parameter lines: how many requests may be on their way at once.
    package init(settings: Settings = .init(), lines: Int = 1) {
        precondition(lines > 0, "a transfer needs a line")
        self.lines = (0..<lines).map { _ in Line(handle: EasyHandle(settings: settings)) }
    }

    /// - Throws: `HTTPClientError` where no whole answer came. An answer with an error status is an answer.
    package func perform(_ request: HTTPRequest) async throws -> HTTPAnswer {
        try await perform(request, on: lines[0])
    }

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
                    // Nobody is there: what else is on its way would only find that out later.
                    isBroken = true
                    group.cancelAll()
                }
                await feed.ended(ended.mark, ended.answer)
            }
        }
    }

    /// Ends within about a second when its task is cancelled.
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

/// By which a request is asked to end early.
final class Ending: Sendable {
    private let state = Atomic(false)

    var isAsked: Bool { state.load(ordering: .relaxed) }
    func ask() { state.store(true, ordering: .relaxed) }
}

package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    package var method: Method
    package var url: String
    /// Names and values, without line ends.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(method: Method, url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// The URL as it may stand in logs: without user, password, query and fragment, which may hold secrets.
    package var shownURL: String {
        let plain = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = plain.firstRange(of: "://") else { return String(plain) }
        let rest = plain[scheme.upperBound...]
        let host = rest.prefix { $0 != "/" }
        let shown = host.lastIndex(of: "@").map { host[host.index(after: $0)...] } ?? host
        return String(plain[..<scheme.upperBound] + shown + rest[host.endIndex...])
    }
}

package struct HTTPAnswer: Sendable {
    package var status: Int
    /// By name in lower case; of several with one name, the last.
    package var headers: [String: String]
    package var body: [UInt8]

    package init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why no answer came.
package struct HTTPClientError: Error, Sendable, CustomStringConvertible {
    package var description: String

    package init(description: String) { self.description = description }
}
