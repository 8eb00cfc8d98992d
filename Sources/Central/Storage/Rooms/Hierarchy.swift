package import CivilTime
internal import Postgres

/// A building as the APIs show it.
package struct HotelEntry: Hashable, Sendable {
    /// The building's id in the database.
    package var id: Int
    /// The building's name in topics and device ids.
    package var slug: String
    /// The name for people.
    package var name: String
    /// The kind of building, such as `hotel`.
    package var kind: String
    /// The IANA name of its time zone, as it is stored. Lists show it even if the system does not know the zone.
    package var timeZone: String

    /// Creates an entry.
    package init(id: Int, slug: String, name: String, kind: String, timeZone: String) {
        self.id = id
        self.slug = slug
        self.name = name
        self.kind = kind
        self.timeZone = timeZone
    }

    /// The calendar of its time zone.
    ///
    /// - Throws: `ColumnError` if the system does not know the zone.
    package var calendar: LocalCalendar {
        get throws {
            guard let calendar = LocalCalendar(zoneNamed: timeZone) else {
                throw ColumnError(column: "time_zone", expected: LocalCalendar.meaning, text: timeZone)
            }
            return calendar
        }
    }
}

/// A floor as the APIs show it.
package struct FloorEntry: Hashable, Sendable {
    /// The floor's id in the database.
    package var id: Int
    /// The building's id.
    package var hotelID: Int
    /// The floor's slug, unique within the building.
    package var slug: String
    /// The name for people.
    package var name: String
    /// The number of the storey; 0 is the ground floor.
    package var level: Int
}

/// A room as the APIs show it.
package struct RoomEntry: Hashable, Sendable {
    /// The room's id in the database.
    package var id: Int
    /// The floor's id.
    package var floorID: Int
    /// The room's slug, unique within the building.
    package var slug: String
    /// The name for people.
    package var name: String
}

/// A page of a list that is ordered by id.
package struct ListPage: Hashable, Sendable {
    /// The id after which the page begins; 0 for the first page.
    package var after: Int
    /// The largest number of entries.
    package var limit: Int

    /// Creates a page.
    package init(after: Int, limit: Int) {
        self.after = after
        self.limit = limit
    }
}
