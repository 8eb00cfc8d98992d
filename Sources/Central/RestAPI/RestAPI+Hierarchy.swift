internal import APISupport
internal import CivilTime
internal import Hummingbird
internal import JSON
internal import Storage

extension RestAPI {
    @Sendable
    func hotels(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let list = try PagedAnswer(request)
        let hotels = try await store.hotels(list.page, only: caller.guestScope?.hotel)
        return list.response(hotels, id: \.id) { hotel in
            [
                "id": .integer(hotel.id), "slug": .string(hotel.slug), "name": .string(hotel.name),
                "kind": .string(hotel.kind), "time_zone": .string(hotel.timeZone),
            ]
        }
    }

    @Sendable
    func floors(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let list = try PagedAnswer(request)
        let hotel = try context.identifier("hotel")
        let unknown = APIError.notFound(
            code: "unknown_hotel", "There is no hotel \(hotel).", hint: "GET /hotels/ lists the ones you may see.")
        if let scope = caller.guestScope, scope.hotel != hotel { throw unknown }
        let floors = try await store.floors(ofHotel: hotel, list.page, only: caller.guestScope?.floor)
        guard let floors else { throw unknown }
        return list.response(floors, id: \.id) { floor in
            [
                "id": .integer(floor.id), "hotel_id": .integer(floor.hotelID), "slug": .string(floor.slug),
                "name": .string(floor.name), "level": .integer(floor.level),
            ]
        }
    }

    @Sendable
    func rooms(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let list = try PagedAnswer(request)
        let floor = try context.identifier("floor")
        let unknown = APIError.notFound(
            code: "unknown_floor", "There is no floor \(floor).",
            hint: "GET /hotels/<hotel_id>/floors/ lists the ones you may see.")
        if let scope = caller.guestScope, scope.floor != floor { throw unknown }
        let rooms = try await store.rooms(ofFloor: floor, list.page, only: caller.guestScope?.room)
        guard let rooms else { throw unknown }
        return list.response(rooms, id: \.id) { room in
            [
                "id": .integer(room.id), "floor_id": .integer(room.floorID), "slug": .string(room.slug),
                "name": .string(room.name),
            ]
        }
    }
}
