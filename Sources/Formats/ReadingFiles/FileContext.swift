package import Building
package import CivilTime

/// A form of files of readings.
package enum FileForm: Sendable {
    /// `datetime,power_kw_power_meter_1,…`, or one file per meter.
    case powerMeters
    /// `datetime,temperature,humidity,co2` and the like, or one reading in each row.
    case readings
}

/// The facts about a building that are known before a file of its readings is read.
package struct FileContext {
    /// The building; `nil` to accept files of any building.
    package var building: Slug?
    /// The time zone of times without an offset.
    package var calendar: LocalCalendar
    /// The name of the time zone for people.
    package var zoneName: String
    /// The building's rooms. If empty, a room is called as in the file's name.
    package var rooms: [Inventory.Room]
    /// The slug of the room for files that do not name one.
    package var room: String?
    /// The device's id within the room for files that do not name one.
    package var device: String?

    /// Creates a context.
    package init(
        building: Slug?, calendar: LocalCalendar, zoneName: String? = nil, rooms: [Inventory.Room],
        room: String? = nil, device: String? = nil
    ) {
        self.building = building
        self.calendar = calendar
        self.zoneName = zoneName ?? calendar.zoneName
        self.rooms = rooms
        self.room = room
        self.device = device
    }
}
