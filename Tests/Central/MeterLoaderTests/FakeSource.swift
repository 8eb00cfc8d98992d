import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A small server that speaks the interface of a meters' source, and misbehaves as it is told.
final class FakeSource: Sendable {
    struct Row: Hashable {
        var time: Date
        var muid: String
        var code: String
        var value: Double
        var quality = "measured"

        var json: String {
            let time = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt))
            return
                #"{"measurement":"energy","timestamp":"\#(time)","tags":{"muid":"\#(muid)","quality":"\#(quality)"},"#
                + #""\#(code)":\#(value)}"#
        }
    }

    struct Behaviour: Sendable {
        /// The next requests are answered with these statuses instead.
        var failures: [Int] = []
        /// Gives at most so many, whatever is asked for.
        var most = Int.max
        var includesStop = false
        /// Is a file: always everything.
        var ignoresQuery = false
        var delay: Duration = .zero
        /// Instead of the document.
        var document: String?
        /// Answers with errors once so many requests were answered.
        var failsAfter = Int.max
    }

    private struct State {
        var rows: [Row] = []
        var behaviour = Behaviour()
        var requests: [[String: String]] = []
    }

    private let state = Mutex(State())
    private let task = Mutex<Task<Void, any Error>?>(nil)
    private let port = Mutex(0)

    var url: String { "http://127.0.0.1:\(port.withLock { $0 })/v1/data" }

    /// The queries so far.
    var requests: [[String: String]] { state.withLock(\.requests) }

    func set(_ rows: [Row]) { state.withLock { $0.rows = rows } }

    func behave(_ change: (inout Behaviour) -> Void) { state.withLock { change(&$0.behaviour) } }

    func forgetRequests() { state.withLock { $0.requests = [] } }

    init() async throws {
        let router = Router()
        router.get("/v1/data") { [self] request, _ -> Response in try await answer(request) }
        let (ready, continuation) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "source")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in continuation.yield(channel.localAddress?.port ?? 0) }, logger: logger)
        task.withLock { $0 = Task { try await application.run() } }
        for await bound in ready {
            port.withLock { $0 = bound }
            break
        }
    }

    deinit { task.withLock { $0?.cancel() } }

    private func answer(_ request: Request) async throws -> Response {
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
        let (rows, behaviour, status): ([Row], Behaviour, Int?) = state.withLock { state in
            state.requests.append(query)
            let status = state.behaviour.failures.isEmpty ? nil : state.behaviour.failures.removeFirst()
            return (state.rows, state.behaviour, state.requests.count > state.behaviour.failsAfter ? 500 : status)
        }
        try await Task.sleep(for: behaviour.delay)
        if let status { return Response(status: .init(code: status)) }
        let document = behaviour.document ?? Self.document(rows, query, behaviour)
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: document)))
    }

    private static func document(_ rows: [Row], _ query: [String: String], _ behaviour: Behaviour) -> String {
        var rows = rows.sorted { $0.time > $1.time }
        if !behaviour.ignoresQuery {
            let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            let start = (try? format.parse(query["start"] ?? "")) ?? .distantPast
            let stop = (try? format.parse(query["stop"] ?? "")) ?? .distantFuture
            rows = rows.filter { row in
                row.muid == query["muid"] && row.time >= start
                    && (behaviour.includesStop ? row.time <= stop : row.time < stop)
            }
            rows = Array(rows.prefix(min(Int(query["limit"] ?? "") ?? 5000, behaviour.most)))
        }
        return #"{"data":["# + rows.map(\.json).joined(separator: ",") + "]}"
    }

    /// Quarter-hourly rows of one register, from `start` on.
    static func quarters(
        _ count: Int, from start: Date, muid: String = "m1", code: String = "0100011D00FF",
        value: (Int) -> Double = { Double($0 % 97) / 1000 }
    ) -> [Row] {
        (0..<count).map { Row(time: start + Double($0) * 900, muid: muid, code: code, value: value($0)) }
    }
}
