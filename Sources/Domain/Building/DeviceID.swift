/// A device's id in the whole system: `<building>/<room>/<sensor>`, where the last part may contain slashes.
package struct DeviceID: Hashable, Sendable, CustomStringConvertible {
    /// The building's slug.
    package var building: Slug
    /// The room's slug; `building` for devices of the whole building.
    package var room: Slug
    /// The device's id within the room, as it sends it; not empty.
    package var device: String

    /// Creates the id of a device in a room.
    package init(building: Slug, room: Slug, device: String) {
        self.building = building
        self.room = room
        self.device = device
    }

    /// Creates an id from text; `nil` if it does not have three valid parts. Other programs may write such ids.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[2].isEmpty, let building = Slug(parts[0]),
            let room = Slug(parts[1])
        else { return nil }
        self.init(building: building, room: room, device: String(parts[2]))
    }

    /// The id as text.
    package var description: String { "\(building)/\(room)/\(device)" }

    /// Returns the part of an id that identifies the device within its room; the whole id if it is not a `DeviceID`.
    package static func local(_ text: String) -> String { DeviceID(text)?.device ?? text }
}
