internal import Building
public import CentralStore
internal import Foundation
public import HTTPAnswers
internal import HTTPTypes
internal import Hummingbird
public import Live
internal import WireFormat

/// What gateways are told to do, and what they say that holds.
///
/// The gateway asks, and waits for the answer until there is something to tell: so it hears at once, and nobody has to
/// reach it.
public struct WishRoutes: Sendable {
    private let store: CentralStore
    private let hub: WishHub

    /// How long a request may wait, seconds.
    private static let longestWait = 25
    /// More than a building has rooms.
    private static let mostHoldings = 5000
    private static let greatestBody = 4 << 20
    /// Unicode code points.
    private static let longestText = 200

    public init(store: CentralStore, hub: WishHub) {
        self.store = store
        self.hub = hub
    }

    public func register(in book: inout RouteBook) {
        book.add(.get, UplinkPath.wishes, for: [.gateway], wishes)
        book.add(.put, UplinkPath.holdings, for: [.gateway], takeHoldings)
    }

    @Sendable
    private func wishes(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let query = try QueryParameters(request, known: ["after", "wait"])
        let after = Int64(try query.integer("after", in: 0...Int(1 << 53)) ?? 0)
        let wait = try query.integer("wait", in: 0...Self.longestWait) ?? 0
        let (building, hub, store) = (try caller.building, hub, store)
        let end = ContinuousClock.now + .seconds(wait)
        let answer = try await hub.watch(building: building.id) { watch in
            while true {
                let answer = try await store.wishes(of: building, after: after)
                let left = end - ContinuousClock.now
                let isNews = !answer.wishes.isEmpty || answer.version != after
                if isNews || left <= .zero || hub.isEnding || Task.isCancelled { return answer }
                await watch.wait(atMost: left)
            }
        }
        guard let answer else {
            throw AnswerError.tryLater(.tooManyRequests, code: "busy", "Too many wait for this building's wishes.")
        }
        let list = WishList(version: answer.version, wishes: answer.wishes.map(WishMessage.init))
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"]
        if let name = HTTPField.Name(UplinkPath.receiptHeader) { headers[name] = request.uri.path }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: Array(try JSONEncoder().encode(list)))))
    }

    @Sendable
    private func takeHoldings(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let building = try caller.building
        let report = try await request.message(HoldingReport.self, code: "bad_holdings", atMost: Self.greatestBody)
        guard report.holdings.count <= Self.mostHoldings else {
            throw Self.wrong("These are \(report.holdings.count) at once, where \(Self.mostHoldings) are possible.")
        }
        try await store.note(try report.holdings.map(Self.holding), of: building)
        return .receipt(for: request)
    }

    /// - Throws: `AnswerError` 400 where it cannot be kept.
    private static func holding(_ message: Holding) throws -> GatewayHolding {
        let subject: GatewayHolding.Subject
        switch (message.room, message.device) {
        case (let room?, nil): subject = .room(room)
        case (nil, let device?): subject = .device(device)
        default: throw wrong("A holding is of a room or of a device.")
        }
        let texts = [message.room, message.device, message.mode, message.source, message.who, message.reason]
        guard texts.compactMap(\.self).allSatisfy({ $0.unicodeScalars.count <= longestText && !$0.utf8.contains(0) })
        else {
            throw wrong("A text has more than \(longestText) characters, or holds NUL.")
        }
        guard (0...1 << 53).contains(message.version) else { throw wrong("The version is \(message.version).") }
        let until = message.until.map { Timestamp(millisecondsSince1970: $0) }
        if let until, !Timestamp.representable.contains(until) { throw wrong("“until” is no time of this century.") }
        return GatewayHolding(
            subject: subject, version: message.version, state: message.state.rawValue, celsius: message.celsius,
            mode: message.mode, watts: message.watts, source: message.source, who: message.who, until: until,
            reason: message.reason)
    }

    private static func wrong(_ message: String) -> AnswerError { .badRequest(code: "bad_holdings", message) }
}

extension WishMessage {
    fileprivate init(_ wish: GatewayWish) {
        self.init(
            version: wish.version, source: wish.source == .guest ? .guest : .central, who: wish.who,
            until: wish.until?.millisecondsSince1970, created: wish.created.millisecondsSince1970)
        switch wish.subject {
        case .setpoint(let room, let celsius): (self.room, self.celsius) = (room, celsius)
        case .storage(let device, let command):
            self.device = device
            mode = command?.mode.rawValue
            watts = command?.watts
        }
    }
}
