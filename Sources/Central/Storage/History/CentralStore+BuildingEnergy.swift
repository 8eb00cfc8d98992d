package import Building
internal import Postgres

extension CentralStore {
    /// Returns the building with this slug or, without a slug, the only building; `nil` if there is none or more than
    /// one.
    package func buildingEntry(_ slug: String?) async throws -> HotelEntry? {
        guard slug?.utf8.contains(0) != true else { return nil }
        let hotels = try await read { connection in
            try connection.query(
                """
                SELECT id, slug, name, kind, time_zone FROM hotels
                WHERE $1::text IS NULL OR slug = $1 ORDER BY id LIMIT 2
                """, [.text(slug)]
            ).map { row in
                HotelEntry(
                    id: try row.value(0), slug: try row.value(1), name: try row.value(2), kind: try row.value(3),
                    timeZone: try row.value(4))
            }
        }
        return hotels.count == 1 ? hotels[0] : nil
    }

    /// Returns the building with this id; `nil` if there is none.
    package func buildingEntry(id: Int) async throws -> HotelEntry? {
        try await hotels(ListPage(after: id - 1, limit: 1), only: id).first
    }

    /// Returns the energy of a building in a range; `nil` if there is no such building.
    package func energy(
        ofHotel hotel: Int, subsystems: [String], unit: CalendarBuckets.Unit, in range: Range<Timestamp>
    ) async throws -> EnergyTable? {
        let (start, end) = (range.lowerBound.secondsSince1970, range.upperBound.secondsSince1970)
        return try await energy(
            EnergyParameters(
                hotel: hotel, subsystems: subsystems, unit: unit, longest: end - start,
                now: currentTime.secondsSince1970
            ) { _ in (start, end) })
    }

    /// Returns the worst quality of the readings of all meters of the subsystems in the last 31 days of a range.
    package func meterQuality(
        ofHotel hotel: Int, subsystems: [String], in range: Range<Timestamp>
    ) async throws -> Quality {
        try await read { connection in
            let series: [Int] = try connection.query(
                "SELECT series_id FROM power_meter WHERE hotel_id = $1 AND subsystem = ANY ($2)",
                [.int(hotel), .texts(subsystems)]
            ).map { try $0.value(0) }
            guard !series.isEmpty else { return .good }
            return try StatisticsQuery.worst(of: series, in: range, connection)
        }
    }
}
