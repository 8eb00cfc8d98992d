package import Building
internal import Foundation

/// What the database would refuse or confuse, found before it is asked.
package enum InventoryCheck {
    /// The first thing that is wrong; `nil` where nothing is.
    package static func problem(in inventory: Inventory) -> String? {
        let rooms = inventory.floors.flatMap(\.rooms)
        let texts =
            [inventory.building.name, inventory.building.kind] + inventory.floors.map(\.name) + rooms.map(\.name)
        if let text = texts.first(where: { !isName($0) }) { return "“\(text.prefix(80))” is no name." }
        if TimeZone(identifier: inventory.building.timeZone) == nil {
            return "“\(inventory.building.timeZone.prefix(80))” is no time zone such as Europe/Berlin."
        }
        if let floor = inventory.floors.first(where: { Int32(exactly: $0.level) == nil }) {
            return "Floor “\(floor.slug)” cannot have the level \(floor.level)."
        }
        if let slug = repeated(inventory.floors.map(\.slug.text)) { return "The floor “\(slug)” stands twice." }
        if let slug = repeated(rooms.map(\.slug.text)) { return "The room “\(slug)” stands twice." }
        if rooms.contains(where: { $0.slug == .building }) {
            return "No room can be called “building”: that stands for devices of the whole building."
        }
        if let problem = problem(in: inventory.devices, of: "the building") { return problem }
        return rooms.lazy.compactMap { problem(in: $0.devices, of: "room “\($0.slug)”") }.first
    }

    private static func problem(in devices: [Inventory.Device], of place: String) -> String? {
        for device in devices {
            guard !device.id.isEmpty, device.id.utf8.count <= SeriesKey.longestDevice, !device.id.utf8.contains(0)
            else {
                return "“\(device.id.prefix(80))” in \(place) is no device id."
            }
            for text in [device.name, device.subsystem].compactMap(\.self) where !isName(text) {
                return "“\(text.prefix(80))” of device “\(device.id)” in \(place) is no name."
            }
        }
        return repeated(devices.map(\.id)).map { "The device “\($0)” stands twice in \(place)." }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200 && !text.utf8.contains(0)
    }

    private static func repeated(_ names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0).inserted }
    }
}
