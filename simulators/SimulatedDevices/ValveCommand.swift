package import Building
import Foundation

/// A gateway's command to the radiator valve of one room.
package struct ValveCommand: Sendable, Hashable {
    /// The topic filter for the commands to all rooms.
    package static let filter = "/actuators/+"

    /// The room whose valve is to move.
    package var room: Slug
    /// The commanded opening.
    package var level: PercentOpen

    /// Creates a command.
    package init(room: Slug, level: PercentOpen) {
        self.room = room
        self.level = level
    }

    /// Decodes `/actuators/<room>` with a payload such as `{"level":14}`. Returns `nil` for any other topic, or if the
    /// level is not a whole number of percent, 0…100: a valve ignores what it can't read.
    package init?(topic: String, payload: [UInt8]) {
        struct Payload: Decodable {
            var level: Int
        }
        let prefix = "/actuators/"
        guard topic.hasPrefix(prefix), let room = Slug(topic.dropFirst(prefix.count)),
            let content = try? JSONDecoder().decode(Payload.self, from: Data(payload)),
            (0...100).contains(content.level)
        else { return nil }
        self.init(room: room, level: PercentOpen(clamping: content.level))
    }
}
