package import APISupport
internal import HTTPTypes
internal import Hummingbird
package import LiveUpdates
package import Storage

/// The route that streams a room's latest readings as server-sent events (HTML Living Standard, section 9.2).
package struct LiveRoutes: Sendable {
    private let store: CentralStore
    private let hub: LiveSubscriptions
    private let heartbeat: Duration

    private static let lastEventID = HTTPField.Name("Last-Event-ID")!
    /// The longest silence on the stream, in seconds, by which a client recognizes a dead connection.
    private static let heartbeatField = HTTPField.Name("Hearth-Heartbeat")!
    /// Tells nginx not to buffer the stream.
    private static let accelBuffering = HTTPField.Name("X-Accel-Buffering")!

    /// Creates the routes.
    ///
    /// - Parameter heartbeat: The interval at which a silent stream sends a sign of life and its token is checked
    ///   again.
    package init(store: CentralStore, hub: LiveSubscriptions, heartbeat: Duration = .seconds(15)) {
        self.store = store
        self.hub = hub
        self.heartbeat = heartbeat
    }

    /// Adds the route to `book`.
    package func register(in book: inout RouteTable) {
        book.addStream("/rooms/:room/live", for: [.guest, .operator], live)
    }

    @Sendable
    private func live(
        _ request: Request, _ context: CallContext, _ caller: Caller, _ standing: Standing
    ) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        let room = try context.room(visibleTo: caller)
        var building = hub.building(ofRoom: room)
        if building == nil { building = try await store.building(ofRoom: room) }
        guard let building else { throw APIError.unknownRoom(room) }
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", Self.accelBuffering: "no",
            Self.heartbeatField: String(heartbeat.components.seconds),
        ]
        // A HEAD request subscribes to nothing.
        if request.method == .head { return Response(status: .ok, headers: headers) }
        // An unreadable id counts as none: everything is sent.
        let resume = request.headers[Self.lastEventID].flatMap { ChangeMark($0) }
        let stream = try open(room: room, building: building, caller, resume: resume)
        let session = LiveSession(stream: stream, hub: hub, standing: standing, heartbeat: heartbeat)
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                defer { stream.leave() }
                let transferred = EventWriter(writer)
                try await request.body.whileClientStays {
                    try await session.run(transferred)
                }
                try await writer.finish(nil)
            })
    }

    private func open(room: Int, building: Int, _ caller: Caller, resume: ChangeMark?) throws -> LiveStream {
        do {
            return try hub.open(
                room: room, building: building, token: caller.token, visible: caller.visible, resume: resume)
        } catch {
            switch error {
            case .token:
                throw APIError.tryLater(
                    .tooManyRequests, code: "too_many_streams", "This token has reached its limit of live streams.",
                    seconds: 5)
            case .full:
                throw APIError.tryLater(
                    code: "too_many_streams", "This service has reached its limit of live streams.", seconds: 5)
            case .ending: throw APIError.tryLater(code: "shutting_down", "The service is shutting down.")
            }
        }
    }
}
