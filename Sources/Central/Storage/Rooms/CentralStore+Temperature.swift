package import Building
package import CivilTime
internal import Postgres

extension CentralStore {
    /// Returns a room of a building for storing temperatures; `nil` if the building has no such room.
    package func room(_ room: Int, ofHotel hotel: Int) async throws -> TemperatureRoom? {
        try await run { connection in
            let rows = try connection.query(
                """
                SELECT hotels.slug, rooms.slug, hotels.time_zone
                FROM rooms JOIN floors ON floors.id = rooms.floor_id JOIN hotels ON hotels.id = floors.hotel_id
                WHERE rooms.id = $1 AND hotels.id = $2
                """, [.int(room), .int(hotel)])
            guard let row = rows.first, let building = Slug(try row.value(0, as: String.self)),
                let slug = Slug(try row.value(1, as: String.self))
            else { return nil }
            return TemperatureRoom(
                id: room, slug: slug, building: BuildingReference(id: hotel, slug: building),
                calendar: try row.value(2))
        }
    }

    /// Stores readings that no gateway has numbered. Calling it twice stores them twice.
    ///
    /// - Parameter readings: The readings; their store and numbers are not used.
    package func store(unnumbered readings: IncomingReadings, building: BuildingReference) async throws {
        let now = now()
        let cache = seriesCache
        let learnt = try await transaction { connection in
            let resolution = try SeriesResolution(
                of: readings.series, building: building, cache: cache, on: connection)
            let rows = ResolvedRows(
                rows: NewRows(readings, leavingOut: []), numbers: resolution.numbers, names: resolution.names)
            try ResolvedRows.store([rows], now: now, on: connection)
            return resolution.learnt
        }
        cache.remember(learnt, inBuilding: building.id)
        announcer.announce(building: building.id)
    }

    /// Returns the mean temperature of a room from `start` through `end` in °C, and the number of readings. Readings of
    /// the gateway's own controller are excluded, because it derives them from the others.
    package func meanTemperature(
        ofRoom room: Int, from start: Timestamp, through end: Timestamp, visible: VisibleRange
    ) async throws -> (celsius: Double?, samples: Int) {
        let start = max(start, visible.beginning ?? start)
        return try await run { connection in
            let row = try connection.query(
                """
                SELECT avg(number), count(number)
                FROM devices
                JOIN series ON series.device = devices.id AND series.datapoint = 'temperature',
                    LATERAL (
                        SELECT number FROM reading
                        WHERE series_id = series.id AND number BETWEEN -1e290 AND 1e290
                            AND time >= TIMESTAMPTZ 'epoch' + $2 * INTERVAL '1 millisecond'
                            AND time <= TIMESTAMPTZ 'epoch' + $3 * INTERVAL '1 millisecond'
                    ) AS recent
                WHERE devices.room_id = $1 AND devices.class IS DISTINCT FROM 'room_controller'
                """,
                [.int(room), .bigint(start.millisecondsSince1970), .bigint(end.millisecondsSince1970)])[0]
            return (try row.optional(0), try row.value(1))
        }
    }
}

/// A room and its place, for storing temperatures.
package struct TemperatureRoom: Hashable, Sendable {
    /// The room's id.
    package var id: Int
    /// The room's slug.
    package var slug: Slug
    /// The building's id and slug.
    package var building: BuildingReference
    /// The building's.
    package var calendar: LocalCalendar
}
