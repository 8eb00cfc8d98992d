package import Building
package import Foundation

/// What files of readings look like.
package enum FileForm: Sendable {
    /// `datetime,power_kw_power_meter_1,…`, or one file per meter.
    case powerMeters
    /// `datetime,temperature,humidity,co2` and the like, or one reading in each row.
    case readings
}

/// What is known of a building when a file of its readings is read.
package struct FileContext {
    /// `nil`: files of any building are read.
    package var building: Slug?
    /// Of times without offset.
    package var zone: TimeZone
    /// As people call it.
    package var zoneName: String
    /// Empty where none are known: then a room is called as in the file's name.
    package var rooms: [Inventory.Room]
    /// The slug of the room of files that do not tell it.
    package var room: String?
    /// The id within the room, where a file does not tell the device.
    package var device: String?

    package init(
        building: Slug?, zone: TimeZone, zoneName: String, rooms: [Inventory.Room], room: String? = nil,
        device: String? = nil
    ) {
        self.building = building
        self.zone = zone
        self.zoneName = zoneName
        self.rooms = rooms
        self.room = room
        self.device = device
    }
}
