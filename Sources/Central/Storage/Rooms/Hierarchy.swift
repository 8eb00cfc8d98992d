/// A building as interfaces show it.
public struct HotelEntry: Hashable, Sendable {
    public var id: Int
    public var slug: String
    public var name: String
    public var kind: String
    /// IANA name.
    public var timeZone: String

    public init(id: Int, slug: String, name: String, kind: String, timeZone: String) {
        self.id = id
        self.slug = slug
        self.name = name
        self.kind = kind
        self.timeZone = timeZone
    }
}

public struct FloorEntry: Hashable, Sendable {
    public var id: Int
    public var hotelID: Int
    public var slug: String
    public var name: String
    /// 0 is the ground floor.
    public var level: Int
}

public struct RoomEntry: Hashable, Sendable {
    public var id: Int
    public var floorID: Int
    public var slug: String
    public var name: String
}

/// A part of a list that is ordered by id.
public struct ListPage: Hashable, Sendable {
    /// Entries with a greater id than this; 0 begins at the beginning.
    public var after: Int
    /// At most so many.
    public var limit: Int

    public init(after: Int, limit: Int) {
        self.after = after
        self.limit = limit
    }
}
