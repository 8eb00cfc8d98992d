package import Building
import Foundation

/// What a gateway tells the radiator valve of one room.
package struct ValveCommand: Sendable, Hashable {
    /// The subscription that brings the commands for all rooms.
    package static let filter = "/actuators/+"

    package var room: Slug
    package var level: PercentOpen

    package init(room: Slug, level: PercentOpen) {
        self.room = room
        self.level = level
    }

    /// Reads `/actuators/<room>` with `{"level":14}`. `nil` where the topic is another, or the level is no whole
    /// number of percent, 0…100: a valve does not move on what it can't read.
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
