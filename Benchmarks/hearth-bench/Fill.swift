import ArgumentParser
import Building
import CivilTime
import Foundation
import Outbox
import SimulatedDevices
import WireFormat

/// The subcommand `fill`, which fills a gateway's store with readings.
struct Fill: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fills a gateway's store with a hotel's readings, as if they had been received.",
        discussion: """
            The simulated hotel's own payloads, each device every five seconds of simulated time, decoded and stored \
            by the gateway's own code; only the broker is left out. The last reading has the current time.
            """)

    @Option var store: String
    @Option(help: ArgumentHelp("The minimum number of readings, 1…1,000,000,000.", valueName: "number"))
    var readings: Int
    @Option(help: ArgumentHelp("The number of rooms of the hotel, 1…1000; each sends 12 readings every 5 s."))
    var rooms = 100

    func validate() throws {
        guard (1...1_000_000_000).contains(readings) else { throw ValidationError("--readings is out of range.") }
        guard (1...1000).contains(rooms) else { throw ValidationError("--rooms is out of range.") }
    }

    func run() throws {
        let outbox = try Outbox(path: store)
        let decoder = ReadingDecoder(calendar: .utc)
        var building = SimulatedBuilding(inventory: hotel, startSecondOfDay: 0)
        let seconds = readings * 5 / (rooms * 12) + 2
        let start = Timestamp(secondsSince1970: Date().timeIntervalSince1970 - Double(seconds))
        var group: [Reading] = []
        var stored = 0
        var second = 0
        while stored < readings {
            second += 1
            let end = start.millisecondsSince1970 + Int64(second) * 1000
            let messages = building.messages(
                until: .seconds(second), at: Timestamp(millisecondsSince1970: end))
            for (index, message) in messages.enumerated() {
                // Spread over the preceding second, when they would have arrived.
                let received = Timestamp(millisecondsSince1970: end + Int64(index * 1000 / messages.count) + 1)
                let payload = Array(message.payload.utf8)
                group +=
                    decoder.decode(
                        topic: message.topic, payload: payload, size: payload.count, receivedAt: received,
                        clockTrusted: true
                    ).readings
            }
            if group.count >= 1000 || stored + group.count >= readings {
                try outbox.append(group)
                stored += group.count
                group.removeAll(keepingCapacity: true)
            }
        }
        try outbox.close()
        print(stored)
    }

    /// The example hotel, extended to `rooms` rooms.
    private var hotel: Inventory {
        let example = ExampleHotel.inventory
        let devices = example.floors.first?.rooms.first?.devices ?? []
        let floors = stride(from: 0, to: rooms, by: 20).enumerated().map { level, first in
            Inventory.Floor(
                slug: slug("\(level + 1)"), name: "Floor \(level + 1)", level: level + 1,
                rooms: (first..<min(first + 20, rooms)).map { number in
                    let code = (level + 1) * 100 + number - first + 1
                    return Inventory.Room(slug: slug("room-\(code)"), name: "Room \(code)", devices: devices)
                })
        }
        return Inventory(building: example.building, floors: floors, devices: example.devices)
    }

    private func slug(_ text: String) -> Slug {
        guard let slug = Slug(text) else { preconditionFailure("\(text) is not a valid slug") }
        return slug
    }
}
