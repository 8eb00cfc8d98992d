package import CivilTime

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
    package var calendar: LocalCalendar

    package init(id: Int, slug: String, name: String, kind: String, calendar: LocalCalendar) {
        self.id = id
        self.slug = slug
        self.name = name
        self.kind = kind
        self.calendar = calendar
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
