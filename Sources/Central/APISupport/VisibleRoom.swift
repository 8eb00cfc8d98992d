package import Storage

extension APIError {
    /// Returns a 404: the room does not exist, or the caller may not see it.
    ///
    /// - Parameter building: The id of the building the caller named; `nil` if it named none.
    package static func unknownRoom(_ room: Int, inBuilding building: Int? = nil) -> APIError {
        let place = building.map { " in the building \($0)" } ?? ""
        return .notFound(
            code: "unknown_room", "There is no room \(room)\(place).",
            hint: building == nil
                ? "GET /floors/<floor_id>/rooms/ lists the ones you may see."
                : "GET /hotels/, /hotels/<hotel_id>/floors/ and /floors/<floor_id>/rooms/ list the ones you may see.")
    }
}

extension CallContext {
    /// Returns the id of the room in the path, if a caller may see that room.
    ///
    /// A guest must not learn whether another room exists: the response is the same as for a room that does not exist.
    ///
    /// - Throws: `APIError` 400 if it is not an id, 404 if it is not the guest's own room.
    package func room(visibleTo caller: Caller) throws -> Int {
        let room = try identifier("room")
        if let scope = caller.guestScope, scope.room != room { throw APIError.unknownRoom(room) }
        return room
    }
}

extension Caller {
    /// The ids a guest has access to; `nil` for callers with access to everything.
    package var guestScope: (hotel: Int, floor: Int, room: Int)? {
        guard case .guest(let hotel, let floor, let room, _) = scope else { return nil }
        return (hotel, floor, room)
    }
}
