import Building
import Foundation
package import HTTPClient
import Rig
import Synchronization
package import WireFormat

/// A stand-in for the central service of one gateway, which answers as a test tells it to and records the requests.
///
/// Within the test's process it is a transport; a gateway in another process finds it at `url`. Unless told otherwise it
/// takes each batch and answers everything else 204 with the receipt.
package final class FakeCentral: HTTPTransport {
    /// An answer to a request.
    package typealias Reply = @Sendable (HTTPRequest) async throws -> HTTPAnswer

    /// What the listener's threads and the transport share.
    private final class Script: Sendable {
        let requests = Mutex<[HTTPRequest]>([])
        /// By the end of the path.
        let replies = Mutex<[(end: String, reply: Reply)]>([])

        func answer(_ request: HTTPRequest) async throws -> HTTPAnswer {
            requests.withLock { $0.append(request) }
            let path = FakeCentral.path(of: request)
            let reply = replies.withLock { $0.last { path.hasSuffix($0.end) }?.reply }
            if let reply { return try await reply(request) }
            return path == UplinkPath.batches ? try FakeCentral.receipt(for: request) : FakeCentral.taken(request)
        }
    }

    private let script = Script()
    private let server: LoopbackServer
    private let roundEnd = Mutex<(@Sendable ([HTTPRequest]) -> Void)?>(nil)

    /// The URL for gateways in other processes.
    package var url: String { "http://127.0.0.1:\(server.port)" }

    package init() {
        server = LoopbackServer { [script] request, connection in
            let done = DispatchSemaphore(value: 0)
            Task {
                defer { done.signal() }
                guard let method = HTTPRequest.Method(rawValue: request.method),
                    var answer = try? await script.answer(
                        HTTPRequest(
                            method: method, url: request.path,
                            headers: request.headers.map { (name: $0.key, value: $0.value) }, body: request.body))
                else { return }
                if answer.status != 204 { answer.headers["content-length"] = "\(answer.body.count)" }
                if connection.sendHead(status: answer.status, headers: answer.headers) { connection.send(answer.body) }
            }
            done.wait()
        }
    }

    // MARK: The script

    /// Answers requests whose path ends with `end` by `reply` from now on.
    package func answer(_ end: String, by reply: @escaping Reply) {
        script.replies.withLock { $0.append((end, reply)) }
    }

    /// Answers requests whose path ends with `end` alike from now on.
    ///
    /// - Parameters:
    ///   - json: The body.
    ///   - delay: The time that each answer takes.
    package func answer(_ end: String, status: Int = 200, json: String = "", after delay: Duration = .zero) {
        answer(end) { request in
            try await Task.sleep(for: delay)
            return HTTPAnswer(
                status: status,
                headers: ["hearth-receipt": Self.path(of: request), "content-type": "application/json"],
                body: Array(json.utf8))
        }
    }

    /// Answers the concurrent requests of a feed only when it has no more, and calls `body` with them afterwards.
    package func onEachRound(_ body: @escaping @Sendable ([HTTPRequest]) -> Void) { roundEnd.withLock { $0 = body } }

    /// Returns the path of a request, without the query.
    package static func path(of request: HTTPRequest) -> String {
        let rest = request.url.firstRange(of: "://").map { request.url[$0.upperBound...] } ?? request.url[...]
        return String(rest.drop { $0 != "/" }.prefix { $0 != "?" })
    }

    /// Returns the answer that takes a request without a result.
    package static func taken(_ request: HTTPRequest) -> HTTPAnswer {
        HTTPAnswer(status: 204, headers: ["hearth-receipt": path(of: request)])
    }

    /// Returns the answer that takes the whole batch of a request.
    ///
    /// - Throws: An error if the body is no batch.
    package static func receipt(for request: HTTPRequest) throws -> HTTPAnswer {
        let batch = try ReadingBatch.decode(request.body)
        let receipt = BatchReceipt(
            store: batch.store.description, first: ReadingNumber(clamping: batch.numbers.lowerBound),
            end: ReadingNumber(clamping: batch.numbers.upperBound), repeated: 0)
        return HTTPAnswer(status: 200, body: Array(try JSONEncoder().encode(receipt)))
    }

    // MARK: The record

    /// Returns the requests but `GET` whose path ends with `end`, the oldest first.
    package func requests(to end: String) -> [HTTPRequest] {
        script.requests.withLock { $0.filter { $0.method != .get && Self.path(of: $0).hasSuffix(end) } }
    }

    /// Returns the bodies of those requests.
    package func bodies(to end: String) -> [String] {
        requests(to: end).map { String(decoding: $0.body, as: UTF8.self) }
    }

    /// The batches that were sent, the oldest first.
    package var batches: [ReadingBatch] {
        get throws { try requests(to: UplinkPath.batches).map { try ReadingBatch.decode($0.body) } }
    }

    // MARK: The transport

    package func perform(_ request: HTTPRequest) async throws -> HTTPAnswer { try await script.answer(request) }

    package func perform<Feed: RequestFeed>(_ feed: inout Feed) async {
        let roundEnd = roundEnd.withLock { $0 }
        while true {
            var round: [(mark: Feed.Mark, request: HTTPRequest)] = []
            while roundEnd != nil || round.isEmpty, let next = await feed.next() { round.append(next) }
            guard !round.isEmpty else { return }
            for (mark, request) in round {
                do {
                    await feed.ended(mark, .success(try await perform(request)))
                } catch {
                    await feed.ended(mark, .failure(error))
                }
            }
            roundEnd?(round.map(\.request))
        }
    }
}
