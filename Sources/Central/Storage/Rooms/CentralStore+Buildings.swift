package import Building
package import CivilTime
internal import Postgres

/// A building for which data is to be stored.
package struct KnownBuilding: Hashable, Sendable {
    /// The building's id and slug.
    package var reference: BuildingReference
    package var calendar: LocalCalendar
}

/// The error of a building that can't be determined.
package struct BuildingChoiceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The requested building; `nil` if none was named.
    package var wanted: Slug?
    /// Some of the existing buildings.
    package var known: [Slug]

    /// The reason and the choices, for people.
    package var description: String {
        let list = known.map(\.text).joined(separator: ", ")
        if let wanted {
            return "There is no building “\(wanted)”. "
                + (known.isEmpty ? "None exists yet." : "Existing: \(list).")
        }
        return known.isEmpty
            ? "There is no building yet: name the one to create."
            : "There are several buildings; specify one of \(list)."
    }
}

extension CentralStore {
    /// Returns the building with this slug; without a slug, the only building there is.
    ///
    /// - Throws: `BuildingChoiceError`.
    package func building(named slug: Slug?) async throws -> KnownBuilding {
        let known = try await buildings()
        if let slug {
            guard let found = known.first(where: { $0.reference.slug == slug }) else {
                throw BuildingChoiceError(wanted: slug, known: known.prefix(Self.named).map(\.reference.slug))
            }
            return found
        }
        guard known.count == 1 else {
            throw BuildingChoiceError(wanted: nil, known: known.prefix(Self.named).map(\.reference.slug))
        }
        return known[0]
    }

    private static let named = 20

    private func buildings() async throws -> [KnownBuilding] {
        try await run { connection in
            let rows = try connection.query("SELECT id, slug, time_zone FROM hotels ORDER BY slug")
            return try (0..<rows.count).compactMap { index in
                let row = rows[index]
                guard let slug = Slug(try row.value(1, as: String.self)) else { return nil }
                return KnownBuilding(
                    reference: BuildingReference(id: try row.value(0), slug: slug), calendar: try row.value(2))
            }
        }
    }

    /// Creates a building from its slug if there is none yet, for imports into an empty database. Its gateway's
    /// inventory supplies the rest later.
    ///
    /// - Throws: `BuildingChoiceError` if there are other buildings.
    package func firstBuilding(_ slug: Slug, calendar: LocalCalendar) async throws -> KnownBuilding {
        try await run { connection in
            _ = try connection.query(
                """
                INSERT INTO hotels (slug, name, time_zone) SELECT $1, $1, $2
                WHERE NOT EXISTS (SELECT FROM hotels) ON CONFLICT (slug) DO NOTHING
                """, [.text(slug.text), .text(calendar.zoneName)])
        }
        return try await building(named: slug)
    }

    /// Returns the rooms of a building with their devices, to match the readings of a file.
    package func roomsAndDevices(ofBuilding hotel: Int) async throws -> [KnownRoom] {
        try await run { connection in
            let rows = try connection.query(
                """
                SELECT rooms.slug, devices.slug, devices.class
                FROM rooms JOIN floors ON floors.id = rooms.floor_id LEFT JOIN devices ON devices.room_id = rooms.id
                WHERE floors.hotel_id = $1 ORDER BY rooms.slug, devices.slug
                """, [.int(hotel)])
            var rooms: [KnownRoom] = []
            for index in 0..<rows.count {
                let row = rows[index]
                guard let slug = Slug(try row.value(0, as: String.self)) else { continue }
                if rooms.last?.slug != slug { rooms.append(KnownRoom(slug: slug)) }
                guard let device = try row.optional(1, as: String.self) else { continue }
                let name = try row.optional(2, as: String.self)
                rooms[rooms.count - 1].devices.append((device, name.flatMap(DeviceClass.init(rawValue:))))
            }
            return rooms
        }
    }
}

/// A room and its devices, to match the readings of a file.
package struct KnownRoom: Sendable {
    /// The room's slug.
    package var slug: Slug
    /// The devices' ids within the room, and their classes.
    package var devices: [(id: String, deviceClass: DeviceClass?)] = []
}
