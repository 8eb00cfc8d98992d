package import Building
package import CivilTime
internal import Postgres

extension CentralStore {
    /// Returns buildings in the order of their ids.
    ///
    /// - Parameter only: The only building to return, for callers with access to one.
    package func hotels(_ page: ListPage, only: Int? = nil) async throws -> [HotelEntry] {
        try await read { connection in
            try connection.query(
                """
                SELECT id, slug, name, kind, time_zone FROM hotels
                WHERE id > $1 AND ($3::bigint IS NULL OR id = $3) ORDER BY id LIMIT $2
                """, [.int(page.after), .int(page.limit), .int(only)]
            ).map { row in
                HotelEntry(
                    id: try row.value(0), slug: try row.value(1), name: try row.value(2), kind: try row.value(3),
                    timeZone: try row.value(4))
            }
        }
    }

    /// Returns the floors of a building in the order of their ids; `nil` if there is no such building.
    package func floors(ofHotel hotel: Int, _ page: ListPage, only: Int? = nil) async throws -> [FloorEntry]? {
        try await read { connection in
            let floors = try connection.query(
                """
                SELECT id, hotel_id, slug, name, level FROM floors
                WHERE hotel_id = $1 AND id > $2 AND ($4::bigint IS NULL OR id = $4) ORDER BY id LIMIT $3
                """, [.int(hotel), .int(page.after), .int(page.limit), .int(only)]
            ).map { row in
                FloorEntry(
                    id: try row.value(0), hotelID: try row.value(1), slug: try row.value(2), name: try row.value(3),
                    level: try row.value(4))
            }
            if !floors.isEmpty { return floors }
            return try connection.query("SELECT FROM hotels WHERE id = $1", [.int(hotel)]).isEmpty ? nil : []
        }
    }

    /// Returns the rooms of a floor in the order of their ids; `nil` if there is no such floor.
    package func rooms(ofFloor floor: Int, _ page: ListPage, only: Int? = nil) async throws -> [RoomEntry]? {
        try await read { connection in
            let rooms = try connection.query(
                """
                SELECT id, floor_id, slug, name FROM rooms
                WHERE floor_id = $1 AND id > $2 AND ($4::bigint IS NULL OR id = $4) ORDER BY id LIMIT $3
                """, [.int(floor), .int(page.after), .int(page.limit), .int(only)]
            ).map { row in
                RoomEntry(
                    id: try row.value(0), floorID: try row.value(1), slug: try row.value(2), name: try row.value(3))
            }
            if !rooms.isEmpty { return rooms }
            return try connection.query("SELECT FROM floors WHERE id = $1", [.int(floor)]).isEmpty ? nil : []
        }
    }
}

extension CentralStore {
    /// The calendar of a building.
    ///
    /// - Throws: `StoreError.unknownBuilding`.
    package func calendar(ofBuilding building: Slug) async throws -> LocalCalendar {
        try await run { connection in
            let rows = try connection.query("SELECT time_zone FROM hotels WHERE slug = $1", [.text(building.text)])
            guard let row = rows.first else { throw StoreError.unknownBuilding(building.text) }
            return try row.value(0)
        }
    }
}
