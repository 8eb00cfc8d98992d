import Dispatch
import Synchronization

/// A way to one server.
public protocol HTTPTransport: Sendable {
    /// - Throws: where no whole answer came. An answer with an error status is an answer.
    func perform(_ request: HTTPRequest) async throws -> HTTPAnswer

    /// Sends several requests, side by side where the way is wide enough. They may arrive in any order.
    ///
    /// - Returns: what became of each, in the order of the requests.
    func perform(_ requests: [HTTPRequest]) async -> [Result<HTTPAnswer, any Error>]
}

extension HTTPTransport {
    public func perform(_ requests: [HTTPRequest]) async -> [Result<HTTPAnswer, any Error>] {
        var answers: [Result<HTTPAnswer, any Error>] = []
        for request in requests {
            do { answers.append(.success(try await perform(request))) } catch { answers.append(.failure(error)) }
        }
        return answers
    }
}

/// Sends HTTP requests to one server over connections that it keeps, each on a thread of its own.
///
/// libcurl verifies the server's certificate for `https`; nothing here can turn that off.
public final class HTTPTransfer: HTTPTransport {
    public struct Settings: Sendable {
        /// PEM file of the authorities to trust; `nil`: the system's.
        public var authorityFile: String?
        public var connectTimeout: Duration = .seconds(10)
        /// For the whole request.
        public var timeout: Duration = .seconds(60)
        /// A longer answer is an error, bytes.
        public var largestAnswer = 1 << 20
        public var userAgent = "hearth"
        /// Whether a single request ends, within about a second, when its task is cancelled.
        public var endsWithItsTask = false

        public init() {}
    }

    /// A connection, and what waits for it.
    private struct Line: Sendable {
        let queue = DispatchQueue(label: "hearth.http-transfer")
        let handle: EasyHandle
    }

    private let lines: [Line]
    private let endsWithItsTask: Bool

    /// - Parameter lines: how many requests may be on their way at once.
    public init(settings: Settings = .init(), lines: Int = 1) {
        precondition(lines > 0, "a transfer needs a line")
        endsWithItsTask = settings.endsWithItsTask
        self.lines = (0..<lines).map { _ in Line(handle: EasyHandle(settings: settings)) }
    }

    /// - Throws: `HTTPTransferError` where no whole answer came. An answer with an error status is an answer.
    public func perform(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let ending = Ending()
        guard endsWithItsTask else { return try await perform(request, on: lines[0], until: ending) }
        return try await withTaskCancellationHandler {
            try await perform(request, on: lines[0], until: ending)
        } onCancel: {
            ending.ask()
        }
    }

    public func perform(_ requests: [HTTPRequest]) async -> [Result<HTTPAnswer, any Error>] {
        await withTaskGroup { group in
            for (index, request) in requests.enumerated() {
                let line = lines[index % lines.count]
                group.addTask {
                    do {
                        let answer = try await self.perform(request, on: line, until: Ending())
                        return (index, Result<HTTPAnswer, any Error>.success(answer))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var answers: [Int: Result<HTTPAnswer, any Error>] = [:]
            for await (index, answer) in group { answers[index] = answer }
            return requests.indices.map { answers[$0]! }
        }
    }

    private func perform(_ request: HTTPRequest, on line: Line, until ending: Ending) async throws -> HTTPAnswer {
        try await withCheckedThrowingContinuation { continuation in
            line.queue.async {
                continuation.resume(
                    with: Result { () throws(HTTPTransferError) in
                        try line.handle.perform(request, until: ending)
                    }.mapError { $0 })
            }
        }
    }
}

/// By which a request is asked to end early.
final class Ending: Sendable {
    private let state = Atomic(false)

    var isAsked: Bool { state.load(ordering: .relaxed) }
    func ask() { state.store(true, ordering: .relaxed) }
}

public struct HTTPRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
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

    public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why no answer came.
public struct HTTPTransferError: Error, Sendable, CustomStringConvertible {
    public var description: String

    public init(description: String) { self.description = description }
}
