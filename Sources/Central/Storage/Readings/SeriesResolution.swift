internal import Building
internal import Postgres

/// The ids of a batch's series: from the cache, from the database, or new, together with new devices.
struct SeriesResolution {
    let names: [SeriesName]
    /// The ids in the order of the batch's series.
    let numbers: [Int32]
    /// The ids that the cache did not have. They are to be cached once the transaction is committed.
    let learnt: [SeriesName: Int32]

    /// Looks up series, and creates the missing ones.
    ///
    /// - Parameters:
    ///   - share: The building's share of series; `nil` for an operator's import, which is not limited.
    ///   - isRepeated: Whether new series were counted before, in a group of which others were refused.
    init(
        of keys: [SeriesKey], building: BuildingReference, cache: SeriesCache, share: SeriesShare? = nil,
        isRepeated: Bool = false, on connection: Connection
    ) throws {
        let names = keys.map { SeriesName($0, building: building.slug) }
        var numbers = cache.numbers(of: names, inBuilding: building.id)
        let unknown = numbers.indices.filter { numbers[$0] == nil }
        var learnt: [SeriesName: Int32] = [:]
        if !unknown.isEmpty {
            let lookup = Lookup(keys: unknown.map { keys[$0] }, names: unknown.map { names[$0] }, building: building)
            var found = try lookup.find(on: connection)
            let missing = found.count { $0 == nil }
            if missing > 0 {
                try share?.take(missing, of: building, isRepeated: isRepeated, on: connection)
                try lookup.create(on: connection)
                found = try lookup.find(on: connection)
            }
            for (index, number) in zip(unknown, found) {
                guard let number else {
                    throw PostgresError(
                        message: "The series of \(names[index].deviceID) was removed while it was being created.")
                }
                numbers[index] = number
                learnt[names[index]] = number
            }
        }
        self.names = names
        self.numbers = numbers.map { $0! }
        self.learnt = learnt
    }

    /// The keys missing from the cache, as arrays for `unnest`.
    private struct Lookup {
        let keys: [SeriesKey]
        let names: [SeriesName]
        let building: BuildingReference

        func find(on connection: Connection) throws -> [Int32?] {
            let rows = try connection.query(
                """
                SELECT series.id
                FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (device_id, datapoint, place)
                LEFT JOIN devices ON devices.device_id = wanted.device_id
                LEFT JOIN series ON series.device = devices.id AND series.datapoint = wanted.datapoint
                ORDER BY wanted.place
                """,
                [.texts(names.map(\.deviceID)), .texts(names.map(\.datapoint))])
            return try rows.map { try $0.optional(0, as: Int.self).map { Int32($0) } }
        }

        func create(on connection: Connection) throws {
            // This waits for an inventory that is being applied, and makes the next one wait. Otherwise a room and its
            // device created at the same moment would not be linked.
            try BuildingLock.take(building.id, on: connection)
            let classes = keys.map { ($0.deviceClass ?? DeviceClass(sending: $0.datapoint))?.rawValue }
            // All rows are sorted, so that transactions that create the same rows do not deadlock.
            try connection.query(
                """
                INSERT INTO devices (device_id, hotel_id, room_id, class)
                SELECT DISTINCT ON (fresh.device_id) fresh.device_id, $1::integer, room.id, fresh.class
                FROM unnest($2::text[], $3::text[], $4::text[]) AS fresh (device_id, room, class)
                LEFT JOIN (
                    SELECT rooms.id, rooms.slug FROM rooms JOIN floors ON floors.id = rooms.floor_id
                    WHERE floors.hotel_id = $1
                ) AS room ON room.slug = fresh.room
                ORDER BY fresh.device_id, fresh.class NULLS LAST
                ON CONFLICT (device_id) DO UPDATE
                SET hotel_id = excluded.hotel_id, room_id = coalesce(devices.room_id, excluded.room_id),
                    class = coalesce(devices.class, excluded.class)
                """,
                [
                    .int(building.id), .texts(names.map(\.deviceID)), .texts(names.map(\.room)), .texts(classes),
                ])
            try connection.query(
                """
                INSERT INTO series (device, datapoint)
                SELECT DISTINCT devices.id, fresh.datapoint
                FROM unnest($1::text[], $2::text[]) AS fresh (device_id, datapoint)
                JOIN devices USING (device_id)
                ORDER BY devices.id, fresh.datapoint
                ON CONFLICT (device, datapoint) DO NOTHING
                """,
                [.texts(names.map(\.deviceID)), .texts(names.map(\.datapoint))])
        }
    }
}

/// The lock that serializes additions to a building.
enum BuildingLock {
    static func take(_ hotel: Int, on connection: Connection) throws {
        try connection.query("SELECT FROM hotels WHERE id = $1 FOR NO KEY UPDATE", [.int(hotel)])
    }
}
