internal import APISupport
internal import CivilTime
internal import Hummingbird
internal import JSON
internal import Storage

extension RestAPI {
    @Sendable
    func roomData(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let room = try await snapshot(request, context, caller)
        return .json(room.json(ISO8601Writer(room.calendar)))
    }

    @Sendable
    func airQuality(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let room = try await snapshot(request, context, caller)
        guard let view = room.airQuality else { throw Self.noDevice("IAQ", room.room) }
        return .json(view.json(ISO8601Writer(room.calendar)))
    }

    @Sendable
    func presence(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let room = try await snapshot(request, context, caller)
        guard let view = room.presence else { throw Self.noDevice("life-being", room.room) }
        return .json(view.json(ISO8601Writer(room.calendar)))
    }

    private static func noDevice(_ kind: String, _ room: Int) -> APIError {
        .notFound(
            code: "no_such_device", "Room \(room) has no \(kind) sensor.",
            hint: "GET /rooms/\(room)/data/ shows what it has.")
    }

    private func snapshot(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> RoomSnapshot {
        _ = try QueryParameters(request, known: [])
        let room = try context.room(visibleTo: caller)
        guard let snapshot = try await store.snapshot(ofRoom: room, visible: caller.visible) else {
            throw APIError.unknownRoom(room)
        }
        return snapshot
    }
}
