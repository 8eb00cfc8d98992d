import APISupport
import Building
import HTTPClient
import HTTPTypes
import Hummingbird
import Ingest
import LiveUpdates
import Logging
import NIOCore
import Postgres
import Storage

/// One replica of the central service: its real routes and its real store, without a socket.
struct CentralReplica: Sendable {
    private let responder: any HTTPResponder<CallContext>

    init(pool: ConnectionPool, time: SimulatedTime) {
        let store = CentralStore(pool: pool, logger: Quiet.logger) { time.rightCalendar }
        var book = RouteTable(tokens: TokenAuthenticator(store))
        IngestAPI(store: store, limits: IngestLimits(), logger: Quiet.logger).register(in: &book)
        DesiredStateRoutes(store: store, hub: DesiredStateHub(), logger: Quiet.logger).register(in: &book)
        responder = book.responder()
    }

    /// - Parameter path: of the request, without the host.
    func answer(_ message: UplinkRequest, path: String) async throws -> UplinkAnswer {
        var fields = HTTPFields()
        for (name, value) in message.headers { fields[HTTPField.Name(name)!] = value }
        let request = Request(
            head: .init(
                method: .init(message.method.rawValue)!, scheme: "http", authority: "central", path: path,
                headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(bytes: message.body)))
        let response = try await responder.respond(
            to: request, context: CallContext(id: "simulation", logger: Quiet.logger))
        let body = AnswerBody()
        try await response.body.write(AnswerWriter(body: body))
        var headers: [String: String] = [:]
        for field in response.headers { headers[field.name.canonicalName] = field.value }
        return UplinkAnswer(status: response.status.code, headers: headers, body: body.bytes)
    }
}

/// Collects the body of an answer.
private final class AnswerBody {
    var bytes: [UInt8] = []
}

private struct AnswerWriter: ResponseBodyWriter {
    let body: AnswerBody

    mutating func write(_ buffer: ByteBuffer) { body.bytes += buffer.readableBytesView }

    consuming func finish(_ trailingHeaders: HTTPFields?) {}
}

enum Quiet {
    /// Says nothing.
    static let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
}
