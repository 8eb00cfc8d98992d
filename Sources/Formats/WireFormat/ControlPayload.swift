package import Building
import Foundation
import JSON

/// The payloads that the control loop publishes and receives.
package enum ControlPayload {
    /// Returns the payload of a valve's level: `{"level":14}`.
    package static func actuator(_ level: PercentOpen) -> [UInt8] {
        Array(#"{"level":\#(level.percent)}"#.utf8)
    }

    /// Returns the level of `{"level":14}`, clamped to 0…100; `nil` for any other payload.
    package static func level(_ payload: [UInt8]) -> PercentOpen? {
        struct Level: Decodable { var level: Double }
        guard let level = try? JSONDecoder().decode(Level.self, from: Data(payload)).level, level.isFinite,
            JSON.hasUniqueNames(payload)
        else { return nil }
        return PercentOpen(clamping: level)
    }

    /// Returns the payload of a storage command: `{"mode":"charging","watts":3000}`.
    package static func storage(_ command: StorageCommand) -> [UInt8] {
        Array(#"{"mode":"\#(command.mode.rawValue)","watts":\#(ReadingValue.shortest(command.watts))}"#.utf8)
    }

    /// Returns the command of `{"mode":"charging","watts":3000}`; `nil` for any other payload. An empty payload means
    /// that nothing is desired any more.
    package static func storage(_ payload: [UInt8]) -> StorageCommand? {
        guard payload.count <= 4096,
            let command = try? JSONDecoder().decode(StorageCommand.self, from: Data(payload)),
            command.watts.isFinite, command.watts >= 0, JSON.hasUniqueNames(payload)
        else { return nil }
        return command
    }
}
