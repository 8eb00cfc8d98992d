/// A building as interfaces show it.
package struct HotelEntry: Hashable, Sendable {
    package var id: Int
    package var slug: String
    package var name: String
    package var kind: String
    /// IANA name.
    package var timeZone: String

    package init(id: Int, slug: String, name: String, kind: String, timeZone: String) {
        self.id = id
        self.slug = slug
        self.name = name
        self.kind = kind
        self.timeZone = timeZone
    }
}

package struct FloorEntry: Hashable, Sendable {
    package var id: Int
    package var hotelID: Int
    package var slug: String
    package var name: String
    /// 0 is the ground floor.
    package var level: Int
}

package struct RoomEntry: Hashable, Sendable {
    package var id: Int
    package var floorID: Int
    package var slug: String
    package var name: String
}

/// A part of a list that is ordered by id.
package struct ListPage: Hashable, Sendable {
    /// Entries with a greater id than this; 0 begins at the beginning.
    package var after: Int
    /// At most so many.
    package var limit: Int

    package init(after: Int, limit: Int) {
        self.after = after
        self.limit = limit
    }
}
